//! Pages of a list: what tells one page from another is sent and given (M001, M003), the size is sent if it is stated
//! (M004, S007), and there is one list to go through (M010). No list of a result is filled twice (M004).

use crate::diag::{Code, Diagnostics};
use crate::mapping::PageBy;
use crate::model::{MappedPlan, PagePart, Plan, ReadPlan, ReadVerb, ReplyPlan, Value};
use crate::uniform::Uniform;

pub(super) fn check(plan: &Plan, _uniform: &Uniform, diags: &mut Diagnostics) {
    for (_, mapped) in plan.mapped() {
        for lists in mapped.replies.iter().map(ReplyPlan::lists) {
            for (n, each) in lists.iter().enumerate() {
                if let Some(first) = lists[..n].iter().find(|first| first.list == each.list) {
                    let message = format!("`{}` is filled already, so `each` never applies", each.list.text);
                    diags.error(Code::M004, each.span, message).secondary(first.span, "filled here");
                }
            }
        }
        let Some(pages) = mapped.pages else { continue };
        let mut sent = Vec::new();
        mapped.visit(&mut |value| {
            if let Value::Page(part, _) = value {
                sent.push(*part);
            }
        });
        let unknown = mapped.broken.unknown || mapped.params.iter().any(|set| set.broken);
        let (part, name) = match pages.by {
            PageBy::Offset => (PagePart::Offset, "page.offset"),
            PageBy::Number => (PagePart::Number, "page.number"),
            PageBy::Cursor => (PagePart::Cursor, "page.cursor"),
        };
        if !unknown && !sent.contains(&part) {
            diags
                .error(Code::M001, pages.span, format!("nothing sends `{name}`, so every page would be the first"))
                .help(format!("take it for the parameter that says where a page begins: `{{ take: {name} }}`"));
        }
        match (sent.contains(&PagePart::Size), pages.size) {
            (true, None) => {
                diags
                    .error(Code::S007, pages.span, "`page.size` is sent, and these pages have no size")
                    .help("say how many elements a page has: `size: 100`");
            }
            (false, Some((_, span))) if !unknown => {
                diags.error(Code::M004, span, "nothing sends `page.size`, so `size` never applies");
            }
            _ => {}
        }
        lists(mapped, diags);
    }
}

fn lists(mapped: &MappedPlan, diags: &mut Diagnostics) {
    let Some(pages) = mapped.pages else { return };
    for reply in mapped.replies.iter().filter(|reply| reply.answers() && !reply.broken()) {
        let lists = reply.lists();
        if lists.len() != 1 {
            let message = match lists.len() {
                0 => "this answer has no list that is read, and comes in pages",
                _ => "this answer has several lists that are read, and comes in pages: of which?",
            };
            diags
                .error(Code::M010, reply.span, message)
                .secondary(pages.span, "the pages")
                .help("read one list, with `each` or `elements`");
        }
        let cursor = reply.read.as_ref().is_some_and(|(_, reads, _)| gives_cursor(reads));
        if pages.by == PageBy::Cursor && !cursor {
            diags
                .error(Code::M003, reply.span, "nothing gives `page.cursor`, so the first page would be the last")
                .secondary(pages.span, "the pages")
                .help("give it from the field that says where the next page begins: `{ give: page.cursor }`");
        }
    }
}

fn gives_cursor(reads: &[ReadPlan]) -> bool {
    reads.iter().any(|read| match &read.verb {
        ReadVerb::Cursor => true,
        ReadVerb::Fields(_, reads) => gives_cursor(reads),
        _ => false,
    })
}
