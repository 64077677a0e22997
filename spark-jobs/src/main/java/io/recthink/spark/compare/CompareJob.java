package io.recthink.spark.compare;

import io.recthink.config.Configuration;
import io.recthink.config.Paths;
import io.recthink.spark.Activity;
import io.recthink.spark.Job;
import io.recthink.spark.evaluate.CompareSettings;
import io.recthink.spark.evaluate.Evaluation;
import io.recthink.spark.evaluate.EvaluationRequest;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/**
 * Scores every system on the same rows and writes the table. It needs the examples and the saved predictions, nothing
 * else: the same predictions give the same bytes.
 */
public final class CompareJob implements Job {
    private final boolean intersect;
    private final boolean clip;

    /** As configured. */
    public CompareJob() {
        this(false, false);
    }

    /**
     * With more than is configured.
     *
     * @param intersect score the rows that every system has, whatever {@code compare.intersect} says
     * @param clip hold predictions within the rating scale, whatever {@code compare.clip} says
     */
    public CompareJob(boolean intersect, boolean clip) {
        this.intersect = intersect;
        this.clip = clip;
    }

    @Override
    public void execute(SparkSession spark, Configuration configuration) {
        Activity.begin(spark, "compare", "compare: scores of all systems on the same rows");
        EvaluationRequest request = EvaluationRequest.of(asked(configuration));
        Paths paths = configuration.paths();
        new ComparisonFiles(spark, configuration, request, paths.resolve(paths.table()), Optional.empty())
                .write(Evaluation.of(spark, request));
    }

    /** The configuration with what the command line adds. */
    private Configuration asked(Configuration configuration) {
        CompareSettings settings = configuration.get(CompareSettings.class);
        return configuration.change(List.of(
                "compare.intersect=" + (intersect || settings.intersect()),
                "compare.clip=" + (clip || settings.clip())));
    }
}
