//! Queries: where the fields of an answer go, lists of an answer, and the pages that a list comes in.

use super::Resolver;
use crate::diag::Code;
use crate::mapping::{EachRead, Give, Mapped, PageBy, Pages, Take, Word};
use crate::model::{EachPlan, PagePart, ReadVerb, UPath, Value};
use crate::spec::{Schema, SchemaKind};
use crate::tree::Span;
use crate::uniform::{Operation, OperationKind, Shape, Ty, TypeId};

/// What the operation at hand asks for.
#[derive(Debug, Default)]
pub(super) struct Asks {
    /// It is a query.
    pub(super) query: bool,
    /// Its pages.
    pages: Option<Pages>,
    /// An error tells of its pages.
    broken_pages: bool,
}

impl Asks {
    /// A login: like a query, it is kept nowhere.
    pub(super) fn login() -> Self {
        Self { query: true, ..Self::default() }
    }

    pub(super) fn of(operation: &Operation, mapped: &Mapped) -> Self {
        let query = operation.kind == OperationKind::Query;
        Self { query, pages: mapped.pages, broken_pages: mapped.broken_pages || mapped.unknown_section }
    }
}

/// Where the fields of an answer go.
pub(super) struct Target {
    /// The result.
    pub(super) output: TypeId,
    /// The list of it whose element is at hand.
    pub(super) list: Option<UPath>,
}

impl<'m> Resolver<'m, '_> {
    /// The field of the result that a line gives to.
    pub(super) fn target(&mut self, word: &Word, target: &Target) -> Option<UPath> {
        let path = UPath::resolve(self.uniform, target.output, word, self.diags)?;
        let list = path.list(self.uniform);
        let inside = target.list.as_ref().map_or(0, |list| list.steps.len());
        match &target.list {
            _ if list > inside => {
                let name = path.prefix(list).text;
                self.diags
                    .error(
                        Code::M010,
                        word.span,
                        format!("`{}` is of an element of `{name}`, and which one is not said", path.text),
                    )
                    .help(format!("give it below `each: {name}`"));
                None
            }
            Some(list) if !list.covers(&path) || list.steps.len() == path.steps.len() => {
                let message =
                    format!("an element of `{}` cannot give `{}`, which is no part of it", list.text, path.text);
                self.diags.error(Code::M010, word.span, message);
                None
            }
            _ => Some(path),
        }
    }

    /// A list of an answer that becomes a list of the result.
    pub(super) fn each_read(
        &mut self,
        each: &'m EachRead,
        schema: &'m Schema,
        span: Span,
        target: &Target,
    ) -> Option<EachPlan> {
        let list = self.list_of_result(&each.list, target)?;
        if self.listening {
            self.diags.error(Code::M010, span, "the lists of a callback are not read");
            return None;
        }
        let SchemaKind::List(inner) = self.api.shape(schema) else {
            self.shape_error(schema, span, |found| format!("`each` reads a list, and the field is {found}"));
            return None;
        };
        self.elements_of(each, list, inner, span, target)
    }

    /// A body that is a list.
    pub(super) fn elements(
        &mut self,
        each: &'m EachRead,
        bodies: &[Option<&'m Schema>],
        span: Span,
        target: &Target,
    ) -> Option<EachPlan> {
        let list = self.list_of_result(&each.list, target);
        let found: Vec<_> = bodies.iter().map(|body| body.and_then(|body| self.api.elements(body))).collect();
        let (Some(list), [Some(inner)]) = (list, &found[..]) else {
            self.mention_reads(&each.fields);
            match bodies {
                _ if found.is_empty() || bodies.iter().flatten().any(|body| self.api.broken(body)) => {}
                [_] if found[0].is_some() => {}
                [Some(body)] => {
                    let diag =
                        self.diags.error(Code::M010, span, "the body is no list, and no object with a list alone");
                    diag.secondary(body.span, "the body");
                }
                [_] => _ = self.diags.error(Code::M005, span, "the document promises no JSON for this status"),
                _ => _ = self.diags.error(Code::M010, span, "a body that is a list is read for one status at a time"),
            }
            return None;
        };
        let plan = self.elements_of(each, list, inner, span, target);
        if plan.is_none() {
            self.mention_reads(&each.fields);
        }
        plan
    }

    fn elements_of(
        &mut self,
        each: &'m EachRead,
        list: UPath,
        inner: &'m Schema,
        span: Span,
        target: &Target,
    ) -> Option<EachPlan> {
        let (ty, props) = self.object(inner, span)?;
        let inside = Target { output: target.output, list: Some(list.clone()) };
        let reads = self.reads(&each.fields, ty, props, &inside);
        Some(EachPlan { list, ty, reads, nullable: self.api.nullable(inner), span })
    }

    fn list_of_result(&mut self, word: &Word, target: &Target) -> Option<UPath> {
        let path = UPath::resolve(self.uniform, target.output, word, self.diags)?;
        let field = path.last(self.uniform);
        if field.shape != Shape::List || !matches!(field.ty, Ty::Struct(_)) || target.list.is_some() {
            let message = match &target.list {
                Some(list) => format!("`each` within the elements of `{}` is not taken", list.text),
                None => format!("`{}` is no list of objects", path.text),
            };
            self.diags.error(Code::M010, word.span, message);
            return None;
        }
        Some(path)
    }

    /// That something goes by the key, which a query does not have.
    pub(super) fn asked_by_key(&mut self, span: Span) {
        if self.asks.query {
            self.diags.error(Code::M010, span, "a query has no key: nothing is submitted under one");
        }
    }

    /// Whether `registered` or `pending` can follow.
    pub(super) fn registers(&mut self, name: &str, span: Span) -> bool {
        if self.asks.query {
            let message = format!("a query registers nothing, so `{name}` never follows");
            self.diags.error(Code::M010, span, message).help("say `answered`");
        }
        !self.asks.query
    }

    /// Whether `answered` can follow.
    pub(super) fn answers(&mut self, span: Span) -> bool {
        if !self.asks.query {
            self.diags.error(Code::M010, span, "only a query is answered").help("say `registered` or `pending`");
        }
        self.asks.query
    }

    /// The pages of the operation at hand.
    pub(super) fn pages(&mut self, mapped: &Mapped) -> Option<Pages> {
        if let Some(pages) = &mapped.pages
            && !self.asks.query
        {
            self.diags.error(Code::M010, pages.span, "only the answer to a query comes in pages");
        }
        mapped.pages.filter(|_| self.asks.query)
    }

    /// A part of the page that is asked for.
    pub(super) fn page(&mut self, take: &Take, schema: &Schema) -> Option<Value> {
        let word = &take.path;
        let parts = [
            ("page.offset", PagePart::Offset, Some(PageBy::Offset)),
            ("page.number", PagePart::Number, Some(PageBy::Number)),
            ("page.size", PagePart::Size, None),
            ("page.cursor", PagePart::Cursor, Some(PageBy::Cursor)),
        ];
        let Some((name, part, by)) = parts.into_iter().find(|(name, ..)| *name == word.text) else {
            let message = format!("a page has no `{}`", word.text.trim_start_matches("page."));
            self.diags.unknown_choice(Code::M005, word.span, message, &word.text, &parts.map(|(name, ..)| name));
            return None;
        };
        let pages = self.paged(name, by, word.span)?;
        let text = matches!(self.api.shape(schema), SchemaKind::Text { .. });
        let number = matches!(self.api.shape(schema), SchemaKind::Integer | SchemaKind::NumberOrString);
        if !text && (part == PagePart::Cursor || !number) {
            self.shape_error(schema, word.span, |found| format!("`{name}` cannot become {found}"));
        }
        Some(Value::Page(part, pages))
    }

    /// Where the next page begins.
    pub(super) fn cursor(&mut self, gives: &[Give], schema: &Schema) -> Option<ReadVerb> {
        let [give] = gives else {
            self.diags.error(Code::M010, gives[0].path.span, "a field that gives `page.cursor` gives nothing else");
            return None;
        };
        self.paged("page.cursor", Some(PageBy::Cursor), give.path.span)?;
        if !matches!(self.api.shape(schema), SchemaKind::Text { .. } | SchemaKind::NumberOrString) {
            self.shape_error(schema, give.path.span, |found| format!("a cursor is text, and the field is {found}"));
        }
        Some(ReadVerb::Cursor)
    }

    /// The pages, if there are such that go `by` this.
    fn paged(&mut self, name: &str, by: Option<PageBy>, span: Span) -> Option<Pages> {
        match self.asks.pages {
            _ if self.asks.broken_pages => None,
            Some(pages) if by.is_none_or(|by| by == pages.by) => Some(pages),
            Some(pages) => {
                let message = format!("`{name}` is not what these pages go by");
                self.diags.error(Code::M010, span, message).secondary(pages.span, "the pages");
                None
            }
            None => {
                let message = format!("`{name}` is of a page, and this operation has no `pages`");
                self.diags.error(Code::M010, span, message).help("say `pages: { by: offset, size: 100 }`");
                None
            }
        }
    }
}
