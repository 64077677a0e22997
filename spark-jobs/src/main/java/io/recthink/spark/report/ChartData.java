package io.recthink.spark.report;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.MathContext;

/** The input of {@code report.js}, in the order of the figures on the page. */
final class ChartData {
    private static final MathContext DIGITS = new MathContext(6);

    private final ObjectMapper mapper = new ObjectMapper();
    private final RunCharts charts;
    private final Curves curves;

    ChartData(RunCharts charts) {
        this.charts = charts;
        this.curves = charts.curves();
    }

    /** The data as JSON that is safe inside a {@code script} element. */
    String json() {
        ObjectNode data = mapper.createObjectNode();
        curves.steps().forEach(data.putArray("steps")::add);
        charts.best().ifPresent(policy -> data.put("best", policy.step()));
        ArrayNode drawn = data.putArray("charts");
        charts.sections().forEach(section -> section.charts().forEach(chart -> drawn.add(chart(chart))));
        return data.toString().replace("<", "\\u003c");
    }

    private ObjectNode chart(Chart chart) {
        ObjectNode node = mapper.createObjectNode()
                .put("format", chart.unit().format())
                .put("fromZero", chart.unit().fromZero())
                .put("stacked", chart.kind() == Chart.Kind.STACKED);
        ArrayNode lines = node.putArray("lines");
        for (Chart.Line line : chart.linesIn(curves)) {
            lines.addObject()
                    .put("label", line.label())
                    .put("colour", chart.lines().indexOf(line))
                    .set(
                            "values",
                            numbers(chart.unit(), curves.of(line.metric()).orElseThrow()));
        }
        chart.lowIn(curves).ifPresent(low -> node.set("low", numbers(chart.unit(), low)));
        chart.highIn(curves).ifPresent(high -> node.set("high", numbers(chart.unit(), high)));
        return node;
    }

    private ArrayNode numbers(Unit unit, double[] values) {
        ArrayNode array = mapper.createArrayNode();
        for (double value : values) {
            if (Double.isFinite(value)) {
                array.add(new BigDecimal(unit.of(value)).round(DIGITS).doubleValue());
            } else {
                array.addNull();
            }
        }
        return array;
    }
}
