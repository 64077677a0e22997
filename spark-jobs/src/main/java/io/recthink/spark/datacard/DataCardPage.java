package io.recthink.spark.datacard;

import io.recthink.spark.datacard.DataCard.Appended;
import io.recthink.spark.datacard.DataCard.Copies;
import io.recthink.spark.datacard.DataCard.Counts;
import io.recthink.spark.datacard.DataCard.ShownPrompt;
import io.recthink.spark.datacard.DataCard.Split;
import io.recthink.spark.datacard.DataCardNotes.Note;
import io.recthink.spark.page.HtmlWriter;
import io.recthink.spark.page.PageFrame;
import io.recthink.spark.page.PageStyle;
import io.recthink.spark.table.Splits;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** A data card as one HTML page with pictures. The page uses no network, no other file and no script. */
public final class DataCardPage {
    private final DataCard card;
    private final DataCardPictures pictures;
    private final HtmlWriter html = new HtmlWriter();

    private DataCardPage(DataCard card) {
        this.card = card;
        this.pictures = new DataCardPictures(card, html);
    }

    public static String html(DataCard card) {
        return new DataCardPage(card).html();
    }

    private String html() {
        PageFrame.open(
                html,
                PageFrame.NO_SCRIPT,
                "recthink data card: " + card.name(),
                PageStyle.css(DataCardPage.class, "data-card.css"));
        html.open("body").open("main");
        header();
        tiles();
        warning();
        section("Which rows are there?", pictures::stages, pictures::timeLine);
        section("What do they look like?", pictures::ratings, pictures::lengths);
        section("What is known before a row?", pictures::cold, pictures::histories, pictures::ties);
        content();
        leaks();
        numbers();
        identity();
        return html.close().close().close().page();
    }

    private void header() {
        html.open("header");
        html.element("p", "recthink data card", "class", "brand");
        html.element("h1", card.name());
        html.element(
                "p",
                "Reviews from " + card.reviews() + (card.items().isEmpty() ? "" : ", items from " + card.items()),
                "class",
                "path");
        Appended part = card.appended();
        if (part != null) {
            html.element(
                    "p",
                    ("%s of the rows were appended to %s, which is an unchanged part of this data set; read from %s to"
                                    + " %s.")
                            .formatted(whole(part.rows()), part.to(), part.since(), part.until()),
                    "class",
                    "path");
        }
        html.close();
    }

    private void tiles() {
        Counts counts = card.counts();
        Split test = card.splits().get(Splits.TEST);
        html.open("section", "class", "tiles", "aria-label", "Summary");
        PageFrame.tile(html, "Rows", whole(counts.kept()), "of " + whole(counts.read()) + " read");
        PageFrame.tile(html, "Users", whole(counts.users()), "");
        PageFrame.tile(html, "Items", whole(counts.items()), "");
        PageFrame.tile(html, "Test rows", whole(test.rows()), card.split().label());
        PageFrame.tile(html, "Mean rating", decimal(test.mean()), "of the test rows; median " + plain(test.median()));
        PageFrame.tile(html, "New users", percent(test.newUsers()), "of the test rows");
        html.close();
    }

    private void warning() {
        if (!card.split().warning().isEmpty()) {
            html.open("article", "class", "warning", "role", "note");
            html.element("strong", card.split().label() + ": ")
                    .text(card.split().warning() + ".");
            html.close();
        }
        for (Note note : DataCardNotes.of(card, Instant.now())) {
            if (note.warning()) {
                html.open("article", "class", "warning", "role", "note");
                html.text(note.text() + ".").close();
            }
        }
    }

    /** Writes how often columns are filled, how prompts change texts, and some prompts. */
    private void content() {
        html.open("section")
                .element("h2", "What does a model read?")
                .open("article")
                .open("ul");
        card.content()
                .filled()
                .forEach((column, share) -> html.element("li", column + ": filled in " + percent(share)));
        DataCardNotes.of(card, Instant.now()).stream()
                .filter(note -> !note.warning())
                .forEach(note -> html.element("li", note.text()));
        html.close();
        for (ShownPrompt prompt : card.lengths().prompts()) {
            html.open("details");
            html.element(
                    "summary",
                    "The prompt of row " + prompt.rowId()
                            + (prompt.tokens() == 0 ? "" : ", " + whole(prompt.tokens()) + " tokens"));
            html.element("pre", prompt.text()).close();
        }
        html.close().close();
    }

    private void section(String title, Runnable... figures) {
        html.open("section").element("h2", title).open("div", "class", "charts");
        List.of(figures).forEach(Runnable::run);
        html.close().close();
    }

    private void leaks() {
        Copies copies = card.copies();
        html.open("section").element("h2", "Does a row know what it should not?");
        html.open("article").open("ul", "class", "checks");
        for (String test : LeakRules.ALL) {
            html.element("li", test);
        }
        finding(
                copies.testInTrain(),
                ("test rows have a review whose text is also in train; for %s of these rows, the text in train is from"
                                + " the same user")
                        .formatted(whole(copies.testInTrainOfUser())));
        finding(
                copies.histories(),
                "history entries contain the text of the review to predict, because the log contains the text twice");
        finding(copies.targets(), "rows whose item has a description that contains the text of the review");
        html.close();
        html.element(
                "p",
                "prepare tested each rule with a tick on the written table; a rule that fails stops the job. The"
                        + " counted rows are not leaks but are worth knowing. prepare counts only texts of at"
                        + " least " + LeakRules.MIN_CHARACTERS + " characters.",
                "class",
                "note");
        html.close().close();
    }

    private void finding(long rows, String what) {
        html.element("li", whole(rows) + " " + what, "class", "count");
    }

    private void numbers() {
        html.open("section").element("h2", "The numbers").open("article", "class", "wide");
        html.open("table").open("thead").open("tr");
        List.of(
                        "split",
                        "from (UTC)",
                        "rows",
                        "mean",
                        "median",
                        "new users",
                        "new items",
                        "both new",
                        "paper-like",
                        "item described")
                .forEach(name -> html.element("th", name, "scope", "col"));
        html.close().close().open("tbody");
        for (String split : Splits.ALL) {
            Split of = card.splits().get(split);
            row(
                    split,
                    card.from(split),
                    whole(of.rows()),
                    decimal(of.mean()),
                    plain(of.median()),
                    percent(of.newUsers()),
                    percent(of.newItems()),
                    percent(of.newBoth()),
                    percent((double) of.paperLike() / of.rows()),
                    percent(of.described()));
        }
        html.close().close();
        lengths();
        html.element(
                "p",
                "New: no earlier train row. Paper-like: user and item both seen, five earlier train rows together: the"
                        + " filter of the published code. Here these rows are a slice, never the denominator.",
                "class",
                "note");
        html.close().close();
    }

    private void lengths() {
        html.open("table").open("thead").open("tr");
        List.of("text", "split", "unit", "p50", "p90", "p99", "longest")
                .forEach(name -> html.element("th", name, "scope", "col"));
        html.close().close().open("tbody");
        card.lengths()
                .texts()
                .forEach((text, splits) -> splits.forEach((split, of) -> row(
                        text,
                        split,
                        card.lengths().unit(),
                        whole(of.p50()),
                        whole(of.p90()),
                        whole(of.p99()),
                        whole(of.max()))));
        for (String split : Splits.ALL) {
            card.splits()
                    .get(split)
                    .characters()
                    .forEach((text, of) -> row(
                            text,
                            split,
                            "characters",
                            whole(of.p50()),
                            whole(of.p90()),
                            whole(of.p99()),
                            whole(of.max())));
        }
        html.close().close();
    }

    private void row(String... cells) {
        html.open("tr");
        for (String cell : cells) {
            html.element("td", cell);
        }
        html.close();
    }

    private void identity() {
        html.open("section").element("h2", "Identity").open("article").open("dl", "class", "facts plain");
        fact("sha256 of the row ids", card.rowIdsSha256());
        fact("sha256 of the examples", card.sha256());
        for (Map.Entry<String, Long> pool : card.pools().entrySet()) {
            fact("pool " + pool.getKey(), whole(pool.getValue()) + " rows");
        }
        html.close().close().close();
    }

    private void fact(String name, String value) {
        html.open("div").element("dt", name).element("dd", value).close();
    }

    public static String whole(long value) {
        return String.format(Locale.ROOT, "%,d", value);
    }

    /** Formats a number without trailing zeros behind the decimal point. */
    public static String plain(double value) {
        return BigDecimal.valueOf(value).stripTrailingZeros().toPlainString();
    }

    public static String decimal(double value) {
        return String.format(Locale.ROOT, "%.2f", value);
    }

    public static String percent(double share) {
        return String.format(Locale.ROOT, share > 0 && share < 0.001 ? "%.2f %%" : "%.1f %%", 100 * share);
    }
}
