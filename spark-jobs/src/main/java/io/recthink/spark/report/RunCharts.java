package io.recthink.spark.report;

import io.recthink.spark.run.Best;
import io.recthink.spark.run.Manifest;
import io.recthink.spark.run.RunFolder;
import java.util.List;
import java.util.Optional;

/**
 * What is drawn of a run, on its page and as pictures.
 *
 * @param sections the charts that the run has metrics for, in the order of the page
 * @param best the policy that is marked in each
 */
record RunCharts(Curves curves, List<ChartCatalogue.Section> sections, Optional<Best> best) {
    static RunCharts of(RunFolder run, Curves curves) {
        return new RunCharts(
                curves, ChartCatalogue.sections(curves), run.newest().map(Manifest::best));
    }
}
