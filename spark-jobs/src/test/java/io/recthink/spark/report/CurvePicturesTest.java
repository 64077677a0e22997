package io.recthink.spark.report;

import static io.recthink.spark.page.SvgDocument.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.recthink.spark.page.SvgDocument;
import io.recthink.spark.run.Best;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

class CurvePicturesTest {
    private static final Offset<Double> NEAR = within(0.02);
    private static final double BASE_LINE = 4.2;

    @Test
    void eachChartOfThePageHasAPicture() {
        assertThat(pictures(Map.of(
                        "reward", new double[] {0.1, 0.2, 0.3},
                        "eval/mae", new double[] {0.9, Double.NaN, 0.7},
                        "clip_ratio", new double[] {0, 0, 0},
                        "time/rollout", new double[] {1, 2, 3})))
                .containsOnlyKeys("reward.svg", "mean-absolute-error.svg", "time-of-a-step.svg");
    }

    @Test
    void aCurveLiesWhereItsNumbersSay() {
        SvgDocument svg = picture("reward.svg", Map.of("reward", new double[] {0.5, 1, 1.5}));

        double[][] curve = points(svg.all("polyline", "curve").get(0));
        assertThat(curve[1][0]).isCloseTo(svg.across(2, "1", "3"), NEAR);
        assertThat(curve[1][1]).isCloseTo(svg.upright(1, "0", "1.5") - BASE_LINE, NEAR);
        assertThat(svg.texts()).startsWith("Reward").endsWith("step");
    }

    @Test
    void theBandReachesAStandardDeviationToEitherSide() {
        SvgDocument svg =
                picture("reward.svg", Map.of("reward", new double[] {0.5, 1}, "reward_std", new double[] {0.5, 0.25}));

        double[][] band = points(svg.all("polygon", "band").get(0));
        assertThat(band[1][1]).isCloseTo(svg.upright(1.25, "0", "1") - BASE_LINE, NEAR);
        assertThat(band[2][1]).isCloseTo(svg.upright(0.75, "0", "1") - BASE_LINE, NEAR);
        assertThat(band[3][1]).isCloseTo(svg.upright(0, "0", "1") - BASE_LINE, NEAR);
    }

    @Test
    void timesOfAStepStandOnEachOther() {
        SvgDocument svg = picture(
                "time-of-a-step.svg",
                Map.of("time/rollout", new double[] {1, 2}, "time/gradient", new double[] {3, Double.NaN}));

        double[][] top = points(svg.all("polyline", "stroke-2").get(0));
        assertThat(top[0][1]).isCloseTo(svg.upright(4, "0", "4") - BASE_LINE, NEAR);
        assertThat(top[1][1]).isCloseTo(svg.upright(2, "0", "4") - BASE_LINE, NEAR);
        assertThat(svg.texts()).startsWith("Time of a step (seconds a step)", "rollout", "gradient");
    }

    @Test
    void aNoisyCurveLiesBehindItsMean() {
        double[] noisy = IntStream.range(0, 100).mapToDouble(i -> i % 2).toArray();
        SvgDocument svg = picture("reward.svg", Map.of("reward", noisy));

        assertThat(points(svg.all("polyline", "background").get(0))).hasNumberOfRows(100);
        double[][] mean = points(svg.all("polyline", "curve").get(0));
        // Of 100 numbers three to either side: at the 51st three ones among seven.
        assertThat(mean[50][1]).isCloseTo(svg.upright(4 / 7.0, "0", "1") - BASE_LINE, NEAR);
        assertThat(svg.all("circle")).isEmpty();
    }

    @Test
    void sharesAreWrittenInPercent() {
        assertThat(picture("format-rate.svg", Map.of("format_rate", new double[] {0.5, 0.75}))
                        .texts())
                .contains("Format rate", "100\u202f%", "0\u202f%");
    }

    @Test
    void theChosenPolicyIsMarked() {
        Curves curves = new Curves(List.of(1, 2, 3), 1, Map.of("reward", new double[] {1, 2, 3}));
        SvgDocument svg = SvgDocument.parse(new CurvePictures(new RunCharts(
                        curves, ChartCatalogue.sections(curves), Optional.of(new Best(2, 0.5, null, null))))
                .svg()
                .get("reward.svg"));

        assertThat(number(svg.all("line", "cut").get(0), "x1")).isCloseTo(svg.across(2, "1", "3"), NEAR);
    }

    @Test
    void oneStepIsADotAndAConstantHasAScaleOfItsOwn() {
        Element dot = picture("reward.svg", Map.of("reward", new double[] {0.5}))
                .all("circle", "dot")
                .get(0);
        assertThat(number(dot, "cx")).isFinite();
        assertThat(picture("learning-rate.svg", Map.of("lr", new double[] {2e-6, 2e-6, 2e-6}))
                        .texts())
                .contains("Learning rate", "1e\u22126", "2e\u22126", "3e\u22126");
    }

    @Test
    void metricsOfAnyNameHaveFilesInTheFolderAndTextInThePicture() {
        double[] values = {1, 2};
        Map<String, double[]> metrics = new TreeMap<>();
        metrics.put("../../x", values);
        metrics.put("x", values);
        metrics.put("<script>\u0000\"&", values);
        metrics.put("\u05e9\u05dc\u05d5\u05dd", values);
        metrics.put("z".repeat(300), values);
        Map<String, String> pictures = pictures(metrics);

        assertThat(pictures.keySet())
                .containsExactlyInAnyOrder("x.svg", "x-2.svg", "script.svg", "chart.svg", "z".repeat(60) + ".svg");
        assertThat(SvgDocument.parse(pictures.get("script.svg")).texts()).startsWith("<script>\u2400\"&");
    }

    private static SvgDocument picture(String name, Map<String, double[]> metrics) {
        return SvgDocument.parse(pictures(metrics).get(name));
    }

    private static Map<String, String> pictures(Map<String, double[]> metrics) {
        int steps = metrics.values().iterator().next().length;
        Curves curves = new Curves(IntStream.rangeClosed(1, steps).boxed().toList(), 1, metrics);
        return new CurvePictures(new RunCharts(curves, ChartCatalogue.sections(curves), Optional.empty())).svg();
    }

    private static double[][] points(Element shape) {
        return Stream.of(shape.getAttribute("points").split(" "))
                .map(point -> Stream.of(point.split(","))
                        .mapToDouble(Double::parseDouble)
                        .toArray())
                .toArray(double[][]::new);
    }
}
