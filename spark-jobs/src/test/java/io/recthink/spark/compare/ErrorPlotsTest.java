package io.recthink.spark.compare;

import static io.recthink.spark.page.SvgDocument.number;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.recthink.spark.page.SvgDocument;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Element;

class ErrorPlotsTest {
    private final ErrorPlots plots = new ErrorPlots(ExampleComparison.comparison());

    @Test
    void thePictureHasTheRowsOfThePageAndTheirNumbers() {
        SvgDocument svg = SvgDocument.parse(plots.svg(plots.mae(), "MAE"));

        assertThat(svg.texts()).contains("grpo, <b>late</b>, greedy *", "0.8123 [0.7123, 0.9123]", "MAE [95% CI]");
        Element dot = svg.all("circle", "dot").get(0);
        assertThat(number(dot, "cx")).isCloseTo(svg.across(0.8123456789, "0.75", "0.9"), within(0.02));
    }

    @Test
    void meansAreRankedByTheirSquaredError() {
        SvgDocument svg = SvgDocument.parse(plots.svg(plots.rmse(), "RMSE"));

        assertThat(svg.texts()).contains("bias, expectation", "1.0000 [0.9000, 1.1000]", "RMSE [95% CI]");
        assertThat(svg.all("circle", "dot")).hasSize(1);
    }
}
