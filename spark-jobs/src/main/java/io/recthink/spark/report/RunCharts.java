package io.recthink.spark.report;

import io.recthink.spark.run.Best;
import io.recthink.spark.run.Manifest;
import io.recthink.spark.run.RunFolder;
import java.util.List;
import java.util.Optional;

/**
 * The drawn content of a run, for its page and its pictures.
 *
 * @param sections the charts whose metrics the run has, in the order of the page
 * @param best the best policy, which every chart marks
 */
record RunCharts(Curves curves, List<ChartCatalogue.Section> sections, Optional<Best> best) {
    static RunCharts of(RunFolder run, Curves curves) {
        return new RunCharts(
                curves, ChartCatalogue.sections(curves), run.newest().map(Manifest::best));
    }
}
