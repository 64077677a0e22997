import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/**
 * Draws how a training step grows with the parameters of the model and with the tokens of the prompt, and prints the numbers
 * as Markdown, from a file of lines of {@code recthink benchmark --only-steps --json}. Run it with
 *
 * <pre>java -cp 'spark-jobs/target/distribution/spark-3.5/jars/*' docs/GrowthPlot.java LINES PICTURE.svg</pre>
 */
public final class GrowthPlot {
    private static final int WIDTH = 340;
    private static final int HEIGHT = 200;
    private static final int MARGIN = 60;
    private static final int ROW = HEIGHT + 80;

    private GrowthPlot() {}

    /** One measured step. */
    private record Step(String model, long parameters, int prompt, double rollout, double gradient, double seconds, double gigabytes) {
        static Step of(JsonNode line) {
            double peak = 0;
            for (JsonNode measurement : line.path("measurements")) {
                peak = Math.max(peak, measurement.path("peakResidentBytes").asDouble() / 1e9);
            }
            return new Step(
                    Path.of(line.path("model").asText()).getFileName().toString(),
                    line.path("parameters").asLong(),
                    line.path("prompt").asInt(),
                    shortest(line, "step: rollout"),
                    shortest(line, "step: gradient"),
                    shortest(line, "step"),
                    peak);
        }

        /** A busy machine only ever adds to a time. */
        private static double shortest(JsonNode line, String name) {
            double seconds = Double.POSITIVE_INFINITY;
            for (JsonNode measurement : line.path("measurements")) {
                if (measurement.path("name").asText().equals(name)) {
                    seconds = Math.min(seconds, measurement.path("seconds").asDouble());
                }
            }
            return seconds;
        }
    }

    /** A line of a panel. */
    private record Curve(String name, String style, ToDoubleFunction<Step> value) {}

    private static final List<Curve> TIMES = List.of(
            new Curve("step", "step", Step::seconds),
            new Curve("rollout", "rollout", Step::rollout),
            new Curve("gradient", "gradient", Step::gradient));
    private static final List<Curve> MEMORY = List.of(new Curve("peak", "step", Step::gigabytes));

    public static void main(String[] arguments) throws IOException {
        ObjectMapper json = new ObjectMapper();
        List<Step> steps = new ArrayList<>();
        for (String line : Files.readAllLines(Path.of(arguments[0]))) {
            steps.add(Step.of(json.readTree(line)));
        }
        Step common = mostShared(steps);
        List<Step> byParameters = steps.stream()
                .filter(step -> step.prompt == common.prompt)
                .sorted(Comparator.comparingLong(Step::parameters))
                .toList();
        List<Step> byPrompt = steps.stream()
                .filter(step -> step.model.equals(common.model))
                .sorted(Comparator.comparingInt(Step::prompt))
                .toList();
        table(byParameters);
        table(byPrompt);
        Files.writeString(Path.of(arguments[1]), picture(common, byParameters, byPrompt));
    }

    /** The step in which both series meet: its model has the most prompts, its prompt the most models. */
    private static Step mostShared(List<Step> steps) {
        return steps.stream()
                .max(Comparator.comparingLong(step -> steps.stream()
                        .filter(other -> other.model.equals(step.model) || other.prompt == step.prompt)
                        .count()))
                .orElseThrow();
    }

    private static void table(List<Step> steps) {
        System.out.println("| model | parameters, million | prompt | rollout, s | gradient, s | step, s | peak memory, GB |");
        System.out.println("|---|---|---|---|---|---|---|");
        steps.forEach(step -> System.out.printf(
                Locale.ROOT,
                "| %s | %,.0f | %,d | %.1f | %.1f | %.1f | %.1f |%n",
                step.model,
                step.parameters / 1e6,
                step.prompt,
                step.rollout,
                step.gradient,
                step.seconds,
                step.gigabytes));
        System.out.println();
    }

    private static String picture(Step common, List<Step> byParameters, List<Step> byPrompt) {
        int width = 2 * (WIDTH + MARGIN) + 40;
        int height = 2 * ROW + 10;
        StringBuilder svg = new StringBuilder("""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" role="img"
                     aria-label="Seconds and peak memory of a step against parameters and against the prompt">
                <style>
                  svg { font: 13px sans-serif; background: #fff; }
                  text { fill: #333; } .grid { stroke: #ddd; } .step { stroke: #1b1b1b; fill: #1b1b1b; }
                  .rollout { stroke: #0072b2; fill: #0072b2; } .gradient { stroke: #d55e00; fill: #d55e00; }
                  polyline { fill: none !important; stroke-width: 2; } text.name { stroke: none; }
                  @media (prefers-color-scheme: dark) {
                    svg { background: #161616; } text { fill: #ddd; } .grid { stroke: #444; }
                    .step { stroke: #eee; fill: #eee; } .rollout { stroke: #56b4e9; fill: #56b4e9; }
                    .gradient { stroke: #e69f00; fill: #e69f00; }
                  }
                </style>
                """.formatted(width, height));
        ToDoubleFunction<Step> millions = step -> step.parameters / 1e6;
        ToDoubleFunction<Step> prompt = Step::prompt;
        String parameters = "million parameters, prompt of " + common.prompt;
        String tokens = "tokens of the prompt, " + common.model;
        panel(svg, 0, 0, "seconds", parameters, byParameters, millions, TIMES);
        panel(svg, 1, 0, "seconds", tokens, byPrompt, prompt, TIMES);
        panel(svg, 0, 1, "peak memory, GB", parameters, byParameters, millions, MEMORY);
        panel(svg, 1, 1, "peak memory, GB", tokens, byPrompt, prompt, MEMORY);
        return svg.append("</svg>\n").toString();
    }

    private static void panel(
            StringBuilder svg,
            int column,
            int row,
            String upright,
            String across,
            List<Step> steps,
            ToDoubleFunction<Step> x,
            List<Curve> curves) {
        int left = MARGIN + column * (WIDTH + MARGIN + 20);
        int top = 40 + row * ROW;
        double xTick = tick(steps.stream().mapToDouble(x).max().orElseThrow());
        double yTick = tick(curves.stream()
                .flatMapToDouble(curve -> steps.stream().mapToDouble(curve.value))
                .max()
                .orElseThrow());
        svg.append("<text x='%d' y='%d'>%s</text>%n".formatted(left, top - 12, upright));
        for (int i = 0; i <= 4; i++) {
            double y = top + HEIGHT * (1 - i / 4.0);
            double gridX = left + WIDTH * i / 4.0;
            svg.append(String.format(
                    Locale.ROOT, "<line class='grid' x1='%d' x2='%d' y1='%.1f' y2='%.1f'/>%n", left, left + WIDTH, y, y));
            svg.append(String.format(
                    Locale.ROOT, "<text text-anchor='end' x='%d' y='%.1f'>%s</text>%n", left - 6, y + 4, number(i * yTick)));
            svg.append(String.format(
                    Locale.ROOT,
                    "<text text-anchor='middle' x='%.1f' y='%d'>%s</text>%n",
                    gridX,
                    top + HEIGHT + 18,
                    number(i * xTick)));
        }
        svg.append("<text text-anchor='middle' x='%d' y='%d'>%s</text>%n"
                .formatted(left + WIDTH / 2, top + HEIGHT + 38, across));
        for (int c = 0; c < curves.size(); c++) {
            Curve curve = curves.get(c);
            StringBuilder line = new StringBuilder();
            for (Step step : steps) {
                double px = left + WIDTH * x.applyAsDouble(step) / (4 * xTick);
                double py = top + HEIGHT * (1 - curve.value.applyAsDouble(step) / (4 * yTick));
                line.append(String.format(Locale.ROOT, "%.1f,%.1f ", px, py));
                svg.append(String.format(
                        Locale.ROOT,
                        "<circle class='%s' cx='%.1f' cy='%.1f' r='3.5'><title>%s, %,d tokens: %s %.1f</title></circle>%n",
                        curve.style,
                        px,
                        py,
                        step.model,
                        step.prompt,
                        curve.name,
                        curve.value.applyAsDouble(step)));
            }
            svg.append("<polyline class='%s' points='%s'/>%n".formatted(curve.style, line.toString().strip()));
            if (curves.size() > 1) {
                svg.append("<text class='name %s' x='%d' y='%d'>%s</text>%n"
                        .formatted(curve.style, left + 10, top + 16 + 18 * c, curve.name));
            }
        }
    }

    /** A round number of which four reach the largest value. */
    private static double tick(double largest) {
        double power = Math.pow(10, Math.floor(Math.log10(largest / 4)));
        for (double step : new double[] {1, 2, 2.5, 5, 10}) {
            if (4 * step * power >= largest) {
                return step * power;
            }
        }
        throw new IllegalStateException("no tick for " + largest);
    }

    private static String number(double value) {
        return value == Math.rint(value)
                ? String.format(Locale.ROOT, "%,.0f", value)
                : String.format(Locale.ROOT, "%s", Math.round(value * 100) / 100.0);
    }
}
