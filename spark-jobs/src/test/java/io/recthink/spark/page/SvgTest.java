package io.recthink.spark.page;

import static io.recthink.spark.page.SvgDocument.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.recthink.spark.page.LinePlot.Area;
import io.recthink.spark.page.LinePlot.Line;
import io.recthink.spark.page.LinePlot.Look;
import io.recthink.spark.page.LinePlot.Span;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Element;

class SvgTest {
    /** Numbers of the document have two digits. */
    private static final Offset<Double> NEAR = within(0.02);
    /** From the place of a label to the base line of its letters. */
    private static final double BASE_LINE = 4.2;

    @Test
    void intervalsLieWhereTheScaleSaysSo() {
        SvgDocument svg = intervals(
                new IntervalPlot.Line("one", 0.62, 0.7, 0.81, 0, "0.70"),
                new IntervalPlot.Line("two", 0.75, 0.9, 0.98, 5, "0.90"));

        List<Element> dots = svg.all("circle", "dot");
        List<Element> ranges = svg.all("line", "range");
        assertThat(number(dots.get(0), "cx")).isCloseTo(svg.across(0.7, "0.6", "1"), NEAR);
        assertThat(number(dots.get(1), "cx")).isCloseTo(svg.across(0.9, "0.6", "1"), NEAR);
        assertThat(number(ranges.get(0), "x1")).isCloseTo(svg.across(0.62, "0.6", "1"), NEAR);
        assertThat(number(ranges.get(1), "x2")).isCloseTo(svg.across(0.98, "0.6", "1"), NEAR);
        assertThat(number(dots.get(1), "cy")).isCloseTo(number(svg.text("two"), "y") - BASE_LINE, NEAR);
        assertThat(dots.get(1).getAttribute("class")).isEqualTo("dot fill-5");
        assertThat(svg.texts()).containsSequence("one", "0.70").containsSequence("two", "0.90");
    }

    @Test
    void aDocumentStandsAloneAndSaysItsSize() {
        String svg = new IntervalPlot(List.of(), Axis.around(0, 1), "nothing").svg(Legend.NONE, "MAE");

        Element root = SvgDocument.parse(svg).root();
        assertThat(root.getLocalName()).isEqualTo("svg");
        assertThat(root.getAttribute("viewBox"))
                .isEqualTo("0 0 %s %s".formatted(root.getAttribute("width"), root.getAttribute("height")));
        assertThat(svg)
                .contains("<title>nothing</title>", ".fill-0 { fill: #2457a6; }", ".ground { fill: #ffffff; }")
                .doesNotContain("var(", "<script", "@import", "url(", "href", "<!DOCTYPE");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<script>alert(1)</script>",
                "\"quoted\" & 'quoted' ]]> <!-- -->",
                "\u0000\u0007\u001b[31m\u007f\u0085 bell",
                "\u05e9\u05dc\u05d5\u05dd \u202eabc\u202c",
                "lone \ud800 surrogate \uffff",
                "\ud83d\ude00 face",
                "</text></svg>",
                ""
            })
    void namesStayText(String name) {
        for (String plot : plots(name)) {
            SvgDocument svg = SvgDocument.parse(plot);
            assertThat(svg.all("script")).isEmpty();
            assertThat(svg.all("svg")).isEmpty();
            assertThat(svg.all("text"))
                    .filteredOn(text -> text.getFirstChild() != null)
                    .extracting(Element::getTextContent)
                    .contains(Letters.visible(name).isEmpty() ? "value" : Letters.visible(name));
        }
    }

    @Test
    void whatXmlForbidsIsShownByAPicture() {
        assertThat(Letters.visible("a\u0000b\u001bc\u007fd\u0085e\ud800f\uffffg\nh"))
                .isEqualTo("a\u2400b\u241bc\u2421d\ufffde\ufffdf\ufffdg h");
        assertThat(Letters.visible("\u05d0 \ud83d\ude00")).isEqualTo("\u05d0 \ud83d\ude00");
    }

    @Test
    void aVeryLongNameIsCutInItsMiddleAndKeptForThePointer() {
        String name = "begins-" + "x".repeat(5000) + "-ends *";
        for (String plot : plots(name)) {
            SvgDocument svg = SvgDocument.parse(plot);
            double width = number(svg.root(), "width");
            Element label = svg.all("text").stream()
                    .filter(text -> text.getTextContent().contains("begins-"))
                    .findFirst()
                    .orElseThrow();
            String shown = label.getFirstChild().getNodeValue();
            assertThat(shown).startsWith("begins-").endsWith("-ends *").contains("\u2026");
            assertThat(Letters.width(shown)).isLessThan(width);
            assertThat(label.getElementsByTagName("title").item(0).getTextContent())
                    .isEqualTo(name);
        }
    }

    @Test
    void cuttingKeepsLettersWhole() {
        String faces = "\ud83d\ude00".repeat(40);
        for (double most = 0; most < 100; most += 0.7) {
            assertThat(Letters.visible(Letters.shortened(faces, most))).doesNotContain("\ufffd");
            assertThat(Letters.width(Letters.shortened(faces, most))).isLessThanOrEqualTo(Math.max(most, 12));
        }
    }

    @Test
    void aMissingNumberHasItsNameAndNoDot() {
        SvgDocument svg = intervals(
                new IntervalPlot.Line("gone", Double.NaN, Double.NaN, Double.NaN, 0, "\u2013"),
                new IntervalPlot.Line("there", 0.5, 0.75, 1, 0, "0.75"));

        assertThat(svg.texts()).contains("gone", "\u2013");
        assertThat(svg.all("circle")).hasSize(1);
        assertThat(svg.all("line", "range")).hasSize(1);
    }

    @Test
    void aSingleNumberStandsWithinItsScale() {
        SvgDocument svg = intervals(new IntervalPlot.Line("only", 3, 3, 3, 0, "3"));

        double x = number(svg.all("circle", "dot").get(0), "cx");
        Element axis = svg.all("line", "axis").get(0);
        assertThat(x).isBetween(number(axis, "x1"), number(axis, "x2"));
        assertThat(svg.all("line", "range")).isEmpty();
    }

    @Test
    void curvesGoThroughTheirNumbersAndPassOverMissingOnes() {
        SvgDocument svg = SvgDocument.parse(
                plot(List.of(line("a", 0, 0.25, Double.NaN, 0.75, 0.5), line("b", 1, 1, 0.75, 0.5, 0.25)))
                        .svg("step", "Loss"));

        double[][] first = points(svg.all("polyline", "stroke-0").get(0));
        assertThat(first).hasNumberOfRows(3);
        assertThat(first[1][0]).isCloseTo(svg.across(3, "1", "4"), NEAR);
        assertThat(first[1][1]).isCloseTo(svg.upright(0.75, "0", "1") - BASE_LINE, NEAR);
        assertThat(first[2][0]).isCloseTo(svg.across(4, "1", "4"), NEAR);
        assertThat(first[2][1]).isCloseTo(svg.upright(0.5, "0", "1") - BASE_LINE, NEAR);
        assertThat(svg.all("circle", "dot")).hasSize(3 + 4);
        assertThat(svg.texts()).startsWith("Loss", "a", "b").endsWith("step");
    }

    @Test
    void aCurveOfOneNumberIsADot() {
        for (Look look : Look.values()) {
            SvgDocument svg = SvgDocument.parse(plot(List.of(new Line(
                            "a", 2, look, List.of(new LinePlot.Point(1, 0.5), new LinePlot.Point(2, Double.NaN)))))
                    .svg("step", ""));
            assertThat(svg.all("polyline")).isEmpty();
            Element dot = svg.all("circle", "fill-2").get(0);
            assertThat(number(dot, "cy")).isCloseTo(svg.upright(0.5, "0", "1") - BASE_LINE, NEAR);
        }
    }

    @Test
    void curvesWithoutNumbersLeaveTheScale() {
        SvgDocument svg = SvgDocument.parse(plot(List.of(line("a", 0, Double.NaN, Double.POSITIVE_INFINITY)))
                .svg("step", ""));

        assertThat(svg.all("polyline")).isEmpty();
        assertThat(svg.all("circle")).isEmpty();
        assertThat(svg.texts()).contains("0", "1", "step");
    }

    @Test
    void anAreaReachesFromItsLowEndsToItsHighOnes() {
        Area area =
                new Area(3, false, List.of(new Span(1, 0.2, 0.4), new Span(2, Double.NaN, 0.9), new Span(4, 0.6, 0.8)));
        SvgDocument svg = SvgDocument.parse(new LinePlot(
                        List.of(area),
                        List.of(),
                        Axis.ofWholeNumbers(1, 4),
                        Axis.around(0, 1),
                        OptionalDouble.of(2),
                        "area")
                .svg("", ""));

        double[][] corners = points(svg.all("polygon", "fill-3").get(0));
        assertThat(corners).hasNumberOfRows(4);
        assertThat(corners[0][1]).isCloseTo(svg.upright(0.4, "0", "1") - BASE_LINE, NEAR);
        assertThat(corners[1][0]).isCloseTo(svg.across(4, "1", "4"), NEAR);
        assertThat(corners[2][1]).isCloseTo(svg.upright(0.6, "0", "1") - BASE_LINE, NEAR);
        assertThat(corners[3][0]).isCloseTo(svg.across(1, "1", "4"), NEAR);
        assertThat(number(svg.all("line", "cut").get(0), "x1")).isCloseTo(svg.across(2, "1", "4"), NEAR);
    }

    @Test
    void pointsOfAPlaneLieWhereBothScalesSaySo() {
        PointPlot plot = new PointPlot(
                List.of(new PointPlot.Series(
                        "s",
                        1,
                        true,
                        List.of(
                                new PointPlot.Point(2, 20, 15, 25, "t"),
                                new PointPlot.Point(Double.NaN, 1, 1, 1, "left out")))),
                Axis.around(1, 5),
                Axis.around(10, 30),
                false,
                "d");
        SvgDocument svg = SvgDocument.parse(plot.svg("predicted", "true"));

        Element dot = svg.all("circle", "dot").get(0);
        assertThat(number(dot, "cx")).isCloseTo(svg.across(2, "1", "5"), NEAR);
        assertThat(number(dot, "cy")).isCloseTo(svg.upright(20, "10", "30") - BASE_LINE, NEAR);
        assertThat(number(svg.all("line", "range").get(0), "y2"))
                .isCloseTo(svg.upright(25, "10", "30") - BASE_LINE, NEAR);
        assertThat(svg.all("circle")).hasSize(1);
    }

    @Test
    void barsReachTheirLevels() {
        List<Tick> rows = List.of(new Tick(0, "0"), new Tick(80, "40"));
        BarPlot plot = new BarPlot(
                List.of(new BarPlot.Bar(10, 20, 0, 40, 1, "twenty")),
                rows,
                List.of(new Tick(20, "a")),
                List.of(new Tick(50, "cut")),
                "bars");
        SvgDocument svg = SvgDocument.parse(plot.svg(Legend.NONE, "", "rows"));

        Element bar = svg.all("rect", "fill-1").get(0);
        assertThat(number(bar, "y")).isCloseTo(svg.upright(20, "0", "40") - BASE_LINE, NEAR);
        assertThat(number(bar, "y") + number(bar, "height")).isCloseTo(svg.upright(0, "0", "40") - BASE_LINE, NEAR);
        assertThat(number(bar, "x") + number(bar, "width") / 2).isCloseTo(number(svg.text("a"), "x"), NEAR);
    }

    @Test
    void stripsAreRowsWithTheirColours() {
        Strip strip =
                new Strip("read", List.of(new Strip.Part(0, 25, 70, "bucket-1", "t")), List.of(0.0, 100.0), "1,000");
        SvgDocument svg = SvgDocument.parse(
                Strip.svg(List.of(strip), List.of(new Tick(0, "0"), new Tick(100, "4")), Legend.NONE, "strips"));

        Element part = svg.all("rect", "fill-bucket-1").get(0);
        assertThat(number(part, "x") + number(part, "width")).isCloseTo(svg.across(1, "0", "4"), NEAR);
        assertThat(svg.texts()).contains("read", "1,000");
    }

    @Test
    void aLegendThatIsTooWideGoesOnInTheNextRow() {
        List<Line> lines = IntStream.range(0, 6)
                .mapToObj(i -> line("a curve with a long name " + i, i, 0.1 * i, 0.5))
                .toList();
        SvgDocument svg = SvgDocument.parse(plot(lines).svg("step", ""));

        List<Element> names = svg.all("text", "label").stream()
                .filter(text -> text.getTextContent().startsWith("a curve"))
                .toList();
        assertThat(names).hasSize(6);
        assertThat(names.stream().map(text -> number(text, "y")).distinct()).hasSizeBetween(2, 3);
        for (Element name : names) {
            assertThat(number(name, "x") + Letters.width(name.getTextContent()))
                    .isLessThan(number(svg.root(), "width"));
        }
    }

    @Test
    void labelsOfAScaleDoNotTouch() {
        Axis axis = new Axis(IntStream.range(0, 10)
                .mapToObj(i -> BigDecimal.valueOf(1_000_000_000L + i))
                .toList());
        IntervalPlot.Line line = new IntervalPlot.Line("n".repeat(60), 1e9, 1e9, 1e9, 0, "v".repeat(60));
        SvgDocument svg = SvgDocument.parse(new IntervalPlot(List.of(line), axis, "d").svg(Legend.NONE, ""));
        List<Element> labels = svg.all("text", "number").stream()
                .filter(text -> text.getTextContent().startsWith("1000"))
                .toList();
        assertThat(labels).hasSizeGreaterThan(1);
        for (int i = 1; i < labels.size(); i++) {
            double apart = number(labels.get(i), "x") - number(labels.get(i - 1), "x");
            assertThat(apart).isGreaterThan(Letters.width(labels.get(i).getTextContent()));
        }
    }

    /** Each kind of plot with a name that a person has chosen. */
    private static List<String> plots(String name) {
        Legend legend = new Legend(Legend.Key.DOT, List.of(new Legend.Entry("0", name)));
        Strip strip = new Strip(name, List.of(), List.of(), "value");
        return Stream.of(
                        new IntervalPlot(
                                        List.of(new IntervalPlot.Line(name, 0, 0.5, 1, 0, "value")),
                                        Axis.around(0, 1),
                                        name)
                                .svg(legend, name),
                        Strip.svg(List.of(strip), List.of(), legend, name),
                        plot(List.of(line(name, 0, 0.5), line("value", 1, 0.5))).svg("step", "value"),
                        new PointPlot(
                                        List.of(
                                                new PointPlot.Series(name, 0, false, List.of()),
                                                new PointPlot.Series("value", 1, false, List.of())),
                                        Axis.around(0, 1),
                                        Axis.around(0, 1),
                                        true,
                                        name)
                                .svg("", ""))
                .toList();
    }

    private SvgDocument intervals(IntervalPlot.Line... lines) {
        Axis axis =
                Axis.around(List.of(lines).stream().flatMapToDouble(line -> DoubleStream.of(line.low(), line.high())));
        return SvgDocument.parse(new IntervalPlot(List.of(lines), axis, "intervals").svg(Legend.NONE, "MAE"));
    }

    private static LinePlot plot(List<Line> lines) {
        return new LinePlot(
                List.of(), lines, Axis.ofWholeNumbers(1, 4), Axis.around(0, 1), OptionalDouble.empty(), "curves");
    }

    private static Line line(String name, int colour, double... values) {
        List<LinePlot.Point> points = new ArrayList<>();
        for (double value : values) {
            points.add(new LinePlot.Point(points.size() + 1, value));
        }
        return new Line(name, colour, Look.CURVE, points);
    }

    private static double[][] points(Element shape) {
        return Stream.of(shape.getAttribute("points").split(" "))
                .map(point -> Stream.of(point.split(","))
                        .mapToDouble(Double::parseDouble)
                        .toArray())
                .toArray(double[][]::new);
    }
}
