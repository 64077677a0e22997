package io.recthink.spark.datacard;

import static io.recthink.spark.datacard.DataCardPage.percent;
import static io.recthink.spark.datacard.DataCardPage.whole;

import io.recthink.spark.datacard.DataCard.Bin;
import io.recthink.spark.datacard.DataCard.Counts;
import io.recthink.spark.datacard.DataCard.Percentiles;
import io.recthink.spark.datacard.DataCard.Split;
import io.recthink.spark.datacard.DataCard.Ties;
import io.recthink.spark.page.BarPlot;
import io.recthink.spark.page.BarPlot.Bar;
import io.recthink.spark.page.HtmlWriter;
import io.recthink.spark.page.Legend;
import io.recthink.spark.page.Strip;
import io.recthink.spark.page.Strip.Part;
import io.recthink.spark.page.Tick;
import io.recthink.spark.table.HistoryBuckets;
import io.recthink.spark.table.Splits;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The pictures of a data card. Train, validation and test have the same three colours in all pictures. */
final class DataCardPictures {
    private static final double ROOM = 0.94; // height of the tallest bar as a share of the plot's height
    private static final int MOST_LABELS = 6;

    private final DataCard card;
    private final HtmlWriter html;

    DataCardPictures(DataCard card, HtmlWriter html) {
        this.card = card;
        this.html = html;
    }

    // ---- which rows

    void stages() {
        Counts counts = card.counts();
        open("Rows at each stage", "The rows of the log that each rule keeps, and the rows that it removes.", false);
        stage("read", counts.read(), counts.read());
        stage("usable", counts.usable(), counts.read());
        card.quarantined().forEach((reason, rows) -> lost(reason, rows, counts.usable()));
        stage("distinct", counts.distinct(), counts.usable());
        stage("%d-core".formatted(counts.kcore()), counts.kept(), counts.distinct());
        String scope =
                counts.strictCore() ? "counted on the train rows only" : "counted on the whole log, before the split";
        html.element(
                "p",
                "Distinct: the earliest row of each user and item. "
                        + (counts.kcore() == 0
                                ? "No core was computed."
                                : "The core was %s; rounds: %d.".formatted(scope, counts.coreRounds()))
                        + (counts.keptByOtherCore() < 0
                                ? ""
                                : " Counted on the whole log it would keep %s rows (%+,d)."
                                        .formatted(
                                                whole(counts.keptByOtherCore()),
                                                counts.keptByOtherCore() - counts.kept())),
                "class",
                "note");
        html.close();
    }

    private void stage(String name, long rows, long before) {
        double width = share(rows);
        List<Part> parts = new ArrayList<>(List.of(new Part(0, width, 70, "0", whole(rows) + " rows")));
        if (before > rows) {
            parts.add(new Part(width, share(before), 70, "gone", whole(before - rows) + " rows less"));
        }
        new Strip(name, parts, List.of(), whole(rows)).write(html);
    }

    private void lost(String reason, long rows, long from) {
        List<Part> parts = List.of(new Part(share(from), share(from + rows), 70, "gone", whole(rows) + " rows"));
        new Strip(reason, parts, List.of(), "\u2212" + whole(rows)).write(html);
    }

    private double share(long rows) {
        return 100.0 * rows / card.counts().read();
    }

    void timeLine() {
        List<Bin> bins = card.timeLine().bins();
        long first = seconds(bins.get(0).from());
        Bin lastBin = bins.get(bins.size() - 1);
        double range = seconds(lastBin.from()) + length(lastBin) - first;
        long most = bins.stream().mapToLong(bin -> sum(bin.rows())).max().orElseThrow();
        Scale scale = Scale.of((double) most);
        List<Bar> bars = new ArrayList<>();
        for (Bin bin : bins) {
            double left = 100 * (seconds(bin.from()) - first) / range;
            double width = Math.max(0.15, 100 * length(bin) / range * 0.9);
            double bottom = 0;
            for (int split = 0; split < Splits.ALL.size(); split++) {
                long rows = bin.rows().get(Splits.ALL.get(split));
                if (rows > 0) {
                    double height = scale.height((double) rows);
                    bars.add(new Bar(left, width, bottom, height, split, title(bin, Splits.ALL.get(split), rows)));
                    bottom += height;
                }
            }
        }
        List<Tick> cuts = cuts(first, range);
        open(
                "Rows over time",
                "Rows a %s, stacked.".formatted(card.timeLine().unit())
                        + (cuts.isEmpty()
                                ? " Time does not decide which split a row is in."
                                : " The dashed lines are the cuts."),
                true);
        legend(true);
        new BarPlot(
                        bars,
                        scale.levels(),
                        years(first, range),
                        cuts,
                        "Rows a %s from %s to %s"
                                .formatted(
                                        card.timeLine().unit(), day(bins.get(0).from()), day(lastBin.from())))
                .write(html);
        html.close();
    }

    private static String title(Bin bin, String split, long rows) {
        return "%s rows of %s from %s".formatted(whole(rows), split, day(bin.from()));
    }

    private List<Tick> cuts(long first, double range) {
        List<Tick> cuts = new ArrayList<>();
        if (card.split().validationFrom() != null) {
            cuts.add(cut("validation", card.split().validationFrom(), first, range));
            cuts.add(cut("test", card.split().testFrom(), first, range));
        }
        return cuts;
    }

    private static Tick cut(String split, String from, long first, double range) {
        return new Tick(100 * (seconds(from) - first) / range, split + " from " + day(from));
    }

    /** Returns labels at the starts of years, or days if the log covers less than about two years. */
    private static List<Tick> years(long first, double range) {
        List<Tick> ticks = new ArrayList<>();
        int from = Instant.ofEpochSecond(first).atZone(ZoneOffset.UTC).getYear();
        int to = Instant.ofEpochSecond((long) (first + range))
                .atZone(ZoneOffset.UTC)
                .getYear();
        if (to - from < 2) {
            for (int i = 0; i <= 3; i++) {
                double at = 4 + 92 * i / 3.0;
                ticks.add(new Tick(
                        at,
                        day(Instant.ofEpochSecond((long) (first + range * at / 100))
                                .toString())));
            }
            return ticks;
        }
        int step = (to - from - 1) / MOST_LABELS + 1;
        for (int year = from + 1; year <= to; year += step) {
            long turn = ZonedDateTime.of(year, 1, 1, 0, 0, 0, 0, ZoneOffset.UTC).toEpochSecond();
            ticks.add(new Tick(100 * (turn - first) / range, String.valueOf(year)));
        }
        return ticks;
    }

    /** Returns the length of a bin in seconds. */
    private double length(Bin bin) {
        ZonedDateTime from = Instant.parse(bin.from()).atZone(ZoneOffset.UTC);
        ZonedDateTime to =
                switch (card.timeLine().unit()) {
                    case "hour" -> from.plusHours(1);
                    case "day" -> from.plusDays(1);
                    case "week" -> from.plusWeeks(1);
                    case "month" -> from.plusMonths(1);
                    case "quarter" -> from.plusMonths(3);
                    case "year" -> from.plusYears(1);
                    default ->
                        throw new IllegalArgumentException(card.timeLine().unit());
                };
        return ChronoUnit.SECONDS.between(from, to);
    }

    private static long seconds(String time) {
        return Instant.parse(time).getEpochSecond();
    }

    private static String day(String time) {
        return time.substring(0, 10);
    }

    private static long sum(Map<String, Long> rows) {
        return rows.values().stream().mapToLong(Long::longValue).sum();
    }

    // ---- what they look like

    void ratings() {
        List<Double> ratings = card.scale();
        open("Ratings", "Share of the rows of a split that have a rating.", false);
        legend(false);
        groups(
                ratings.stream().map(DataCardPage::plain).toList(),
                group -> split -> split.ratings().getOrDefault(ratings.get(group), 0L) / (double) split.rows(),
                "stars");
        html.close();
    }

    void cold() {
        List<String> names = List.of("new users", "new items", "both new");
        List<ToDoubleFunction<Split>> shares = List.of(Split::newUsers, Split::newItems, Split::newBoth);
        open("Cold rows", "Share of the rows of a split whose user or item has no earlier train row.", false);
        legend(false);
        groups(names, shares::get, "");
        html.close();
    }

    /** Draws a group of bars for each name, with one bar for each split. */
    private void groups(
            List<String> names, java.util.function.IntFunction<ToDoubleFunction<Split>> share, String unit) {
        List<Bar> bars = new ArrayList<>();
        List<Tick> columns = new ArrayList<>();
        double most = 0;
        for (int group = 0; group < names.size(); group++) {
            for (Split split : card.splits().values()) {
                most = Math.max(most, share.apply(group).applyAsDouble(split));
            }
        }
        Scale scale = Scale.ofShares(most);
        double slot = 100.0 / names.size();
        double width = Math.min(7, slot * 0.25);
        for (int group = 0; group < names.size(); group++) {
            double middle = slot * (group + 0.5);
            columns.add(new Tick(middle, names.get(group)));
            for (int i = 0; i < Splits.ALL.size(); i++) {
                String split = Splits.ALL.get(i);
                double value = share.apply(group).applyAsDouble(card.splits().get(split));
                double left = middle + (i - 1.5) * width;
                String title = "%s, %s %s: %s".formatted(split, names.get(group), unit, percent(value));
                bars.add(new Bar(left, width * 0.9, 0, scale.height(value), i, title));
            }
        }
        new BarPlot(bars, scale.levels(), columns, List.of(), String.join(", ", names) + ", by split").write(html);
    }

    void lengths() {
        String unit = card.lengths().unit();
        LogScale scale = LogScale.of(card.lengths().texts().values().stream()
                .flatMap(splits -> splits.values().stream())
                .toList());
        open(
                "Lengths in " + unit,
                (card.lengths().model().isEmpty()
                                ? "Words, because there is no model at paths.model to count its tokens. "
                                : "Tokens of " + card.lengths().model() + ". ")
                        + ("Dark: from the median to 90 %%; lighter: to 99 %%; faint: to the longest. A sample of"
                                        + " about %s rows a split.")
                                .formatted(whole(card.lengths().sample())),
                true);
        card.lengths().texts().forEach((text, splits) -> {
            html.element("p", text, "class", "group");
            splits.forEach((split, of) -> new Strip(
                            split,
                            spans(of, scale, unit),
                            scale.lines(),
                            whole(of.p50()) + " \u2013 " + whole(of.max()))
                    .write(html));
        });
        Strip.writeScale(html, scale.ticks());
        html.close();
    }

    private static List<Part> spans(Percentiles of, LogScale scale, String unit) {
        double p50 = scale.position(of.p50());
        double p90 = scale.position(of.p90());
        double p99 = scale.position(of.p99());
        String half = "50 %% have %s %s at most, 90 %% %s".formatted(whole(of.p50()), unit, whole(of.p90()));
        return List.of(
                new Part(p50, p90, 70, "near", half),
                new Part(p90, p99, 50, "mid", "99 %% have %s %s at most".formatted(whole(of.p99()), unit)),
                new Part(
                        p99,
                        scale.position(of.max()),
                        30,
                        "far",
                        "the longest has %s %s".formatted(whole(of.max()), unit)));
    }

    /** A logarithmic axis for lengths, between two powers of ten. */
    private record LogScale(int from, int to) {
        static LogScale of(List<Percentiles> lengths) {
            long least = lengths.stream().mapToLong(Percentiles::p50).min().orElse(1);
            long most = lengths.stream().mapToLong(Percentiles::max).max().orElse(10);
            int from = (int) Math.floor(Math.log10((double) Math.max(1, least)));
            return new LogScale(from, Math.max(from + 1, (int) Math.ceil(Math.log10((double) Math.max(1, most)))));
        }

        double position(long length) {
            return 100 * (Math.log10((double) Math.max(1, length)) - from) / (to - from);
        }

        List<Tick> ticks() {
            return IntStream.rangeClosed(from, to)
                    .mapToObj(
                            power -> new Tick(100.0 * (power - from) / (to - from), whole((long) Math.pow(10, power))))
                    .toList();
        }

        List<Double> lines() {
            return ticks().stream().map(Tick::position).toList();
        }
    }

    // ---- what is known before a row

    void histories() {
        open(
                "Earlier train rows",
                "Rows of a split by how many earlier train rows their user, and their item, has.",
                false);
        legend(IntStream.range(0, HistoryBuckets.LABELS.size())
                .mapToObj(bucket -> new Legend.Entry(
                        "bucket-" + bucket, bucket == 0 ? "none: new" : HistoryBuckets.LABELS.get(bucket))));
        html.element("p", "of the user", "class", "group");
        Splits.ALL.forEach(split -> buckets(split, card.splits().get(split).users()));
        html.element("p", "of the item", "class", "group");
        Splits.ALL.forEach(split -> buckets(split, card.splits().get(split).items()));
        html.close();
    }

    private void buckets(String split, Map<String, Long> rows) {
        double all = sum(rows);
        List<Part> parts = new ArrayList<>();
        double from = 0;
        for (int bucket = 0; bucket < HistoryBuckets.LABELS.size(); bucket++) {
            String label = HistoryBuckets.LABELS.get(bucket);
            double share = rows.get(label) / all;
            if (share > 0) {
                parts.add(new Part(
                        from,
                        from + 100 * share,
                        80,
                        "bucket-" + bucket,
                        "%s earlier rows: %s".formatted(label, percent(share))));
            }
            from += 100 * share;
        }
        new Strip(split, parts, List.of(), percent(rows.get("0") / all) + " new").write(html);
    }

    void ties() {
        open(
                "Ties in time",
                "Rows that share their time with another row of the same user or item. These rows do not see each"
                        + " other, and a cut never separates them.",
                false);
        for (String side : List.of("user", "item")) {
            Ties of = card.ties().get(side);
            Part part = new Part(0, 100 * of.share(), 70, "0", whole(of.rows()) + " rows");
            new Strip("of the " + side, List.of(part), List.of(0.0, 50.0, 100.0), percent(of.share())).write(html);
        }
        html.close();
    }

    // ---- the frame of a picture

    private void open(String title, String note, boolean wide) {
        html.open("figure", "class", wide ? "wide-figure" : "");
        html.open("figcaption").element("h3", title).element("p", note).close();
    }

    private void legend(boolean withCuts) {
        legend(IntStream.range(0, Splits.ALL.size())
                .mapToObj(i -> new Legend.Entry(String.valueOf(i), name(Splits.ALL.get(i), withCuts && i > 0))));
    }

    private String name(String split, boolean withCut) {
        return withCut && card.split().validationFrom() != null ? split + " from " + card.from(split) : split;
    }

    private void legend(Stream<Legend.Entry> entries) {
        new Legend(Legend.Key.AREA, entries.toList()).write(html);
    }

    /** A vertical axis with levels at round numbers. */
    private record Scale(double step, int steps, boolean shares) {
        static Scale of(double most) {
            double power = Math.pow(10, Math.floor(Math.log10(Math.max(1, most))));
            double step = Math.max(
                    1,
                    DoubleStream.of(0.2, 0.25, 0.5, 1, 2)
                            .map(factor -> factor * power)
                            .filter(size -> size >= 1 && most / size <= 5)
                            .findFirst()
                            .orElse(power));
            return new Scale(step, (int) Math.max(1, Math.ceil(most / step)), false);
        }

        static Scale ofShares(double most) {
            double step = DoubleStream.of(0.01, 0.02, 0.05, 0.1, 0.2, 0.25)
                    .filter(size -> most / size <= 5)
                    .findFirst()
                    .orElse(0.25);
            return new Scale(step, (int) Math.max(1, Math.ceil(most / step - 1e-9)), true);
        }

        double height(double value) {
            return 100 * ROOM * value / (step * steps);
        }

        List<Tick> levels() {
            List<Tick> levels = new ArrayList<>();
            for (int i = 0; i <= steps; i++) {
                double value = i * step;
                levels.add(new Tick(
                        height(value),
                        shares ? String.format(Locale.ROOT, "%.0f %%", 100 * value) : whole(Math.round(value))));
            }
            return levels;
        }
    }
}
