//! The conditions that something is sent under.

use super::Resolver;
use super::request::Scope;
use crate::diag::Code;
use crate::mapping::{self, Word};
use crate::model::{AbsentPlan, Guard, InputTest, SetPlan, UPath, Value};
use crate::spec::Prop;
use crate::tree::Span;
use crate::uniform::{Shape, Ty};

impl<'m> Resolver<'m, '_> {
    /// What a guard looks at has to be sent, and may itself look at nothing that looks back.
    pub(super) fn looked_at(&mut self, plans: &[SetPlan], props: &[Prop]) {
        for plan in plans {
            let absent = match &plan.value {
                Value::Take(take) | Value::Lift(take, _) | Value::Sum(take) => Some(&take.absent),
                Value::Setting(_, absent) => Some(absent),
                _ => None,
            };
            let of_absent = match absent {
                Some(AbsentPlan::Refuse(_, _, guards)) => &guards[..],
                _ => &[],
            };
            for guard in plan.when.iter().chain(of_absent) {
                let (Guard::Sibling(index, _) | Guard::Without(index)) = guard else { continue };
                let other = plans.iter().find(|other| other.prop == *index);
                let looks = other.is_some_and(|other| {
                    other.when.iter().any(|guard| matches!(guard, Guard::Sibling(..) | Guard::Without(_)))
                        || !matches!(
                            other.value,
                            Value::Take(_) | Value::Lift(..) | Value::Const(_) | Value::Setting(..)
                        )
                });
                if other.is_none() || looks || other.is_some_and(|other| other.prop == plan.prop) {
                    let name = &props[*index].wire;
                    let message = format!("`when` looks at `{name}`, which is no value that is set beside it");
                    self.diags.error(Code::M010, plan.span, message);
                }
            }
        }
    }

    /// What has to be true for something to be sent; `None` after a diagnostic.
    pub(super) fn guards(
        &mut self,
        when: &'m mapping::When,
        props: Option<(&'m [Prop], &'m str)>,
        scope: &Scope<'m>,
    ) -> Option<Vec<Guard>> {
        let guards: Vec<_> = when.iter().map(|(word, is)| self.guard(word, is, props, scope)).collect();
        guards.into_iter().collect()
    }

    fn guard(
        &mut self,
        word: &'m Word,
        is: &'m mapping::Is,
        props: Option<(&'m [Prop], &'m str)>,
        scope: &Scope<'m>,
    ) -> Option<Guard> {
        if let Some(text) = word.text.strip_prefix("uniform.") {
            let word = Word { text: text.to_owned(), span: word.span };
            let path = UPath::resolve(self.uniform, scope.input, &word, self.diags)?;
            return Some(Guard::Input(path.clone(), self.input_test(&path, is, word.span)?));
        }
        let Some((props, owner)) = props else {
            self.diags
                .error(Code::M005, word.span, format!("nothing beside this is called `{}`", word.text))
                .help("say `uniform.PATH` for a field of the input");
            return None;
        };
        let index = self.prop(props, owner, word)?;
        match is {
            mapping::Is::Present(_) => Some(Guard::Sibling(index, Vec::new())),
            mapping::Is::Absent(_) => Some(Guard::Without(index)),
            mapping::Is::OneOf(words) => {
                let literals: Vec<_> =
                    words.iter().map(|word| self.literal(word, None, &props[index].schema)).collect();
                Some(Guard::Sibling(index, literals.into_iter().collect::<Option<_>>()?))
            }
            mapping::Is::Nonzero(span) => {
                self.diags.error(Code::M010, *span, "ask for zero of a field of the input: `uniform.PATH: nonzero`");
                None
            }
        }
    }

    fn input_test(&mut self, path: &UPath, is: &'m mapping::Is, span: Span) -> Option<InputTest> {
        let field = path.last(self.uniform);
        match (is, field.ty) {
            (mapping::Is::Nonzero(_), Ty::Money) if field.shape != Shape::List => Some(InputTest::Nonzero),
            (mapping::Is::Present(at) | mapping::Is::Absent(at), _) => {
                let always = !path.optional(self.uniform) && matches!(field.shape, Shape::One);
                if always && path.list(self.uniform) == 0 {
                    let message = format!("`{}` is always stated, so this says nothing", path.text);
                    self.diags.error(Code::M004, *at, message);
                }
                Some(if matches!(is, mapping::Is::Present(_)) { InputTest::Present } else { InputTest::Absent })
            }
            (mapping::Is::OneOf(words), Ty::Enum(of)) => {
                let values: Vec<_> = words.iter().map(|word| self.value(of, word)).collect();
                Some(InputTest::Values(of, values.into_iter().collect::<Option<_>>()?))
            }
            (mapping::Is::OneOf(words), Ty::Bool) if words.len() == 1 && words[0].text.parse::<bool>().is_ok() => {
                Some(InputTest::Bool(words[0].text == "true"))
            }
            _ => {
                let message = format!("`{}` cannot be tested so", path.text);
                self.diags
                    .error(Code::M010, span, message)
                    .secondary(field.span, "the uniform field")
                    .help("`present` and `absent` ask whether it is stated, `nonzero` is for money, values are for enumerations");
                None
            }
        }
    }
}
