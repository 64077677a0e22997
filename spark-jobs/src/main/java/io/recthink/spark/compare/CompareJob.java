package io.recthink.spark.compare;

import io.recthink.config.Configuration;
import io.recthink.config.Paths;
import io.recthink.spark.Activity;
import io.recthink.spark.Job;
import io.recthink.spark.evaluate.CompareSettings;
import io.recthink.spark.evaluate.Comparison;
import io.recthink.spark.evaluate.Evaluation;
import io.recthink.spark.evaluate.EvaluationRequest;
import java.util.List;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;

/**
 * {@code compare}: scores every system on the same rows and writes the comparison to {@code paths.table}: tables (CSV,
 * JSON, Markdown, LaTeX), plots (SVG), a page (HTML) and a run card. The numbers depend only on the examples and the
 * saved predictions: the same predictions give the same bytes.
 *
 * <p>Reads the sections {@code compare}, {@code prompt}, {@code paths} ({@code data}, {@code predictions},
 * {@code validationPredictions}, {@code table}), and the keys {@code seed}, {@code predict.split},
 * {@code predict.rows}, {@code predict.policies} and {@code validation.maxFailed}.
 */
public final class CompareJob implements Job {
    private final boolean intersect;
    private final boolean clip;

    /** Compares as configured. */
    public CompareJob() {
        this(false, false);
    }

    /**
     * Compares as configured, or with options of the command line.
     *
     * @param intersect score the rows that every system has, whatever {@code compare.intersect} says
     * @param clip clip predictions to the rating scale, whatever {@code compare.clip} says
     */
    public CompareJob(boolean intersect, boolean clip) {
        this.intersect = intersect;
        this.clip = clip;
    }

    @Override
    public void execute(SparkSession spark, Configuration configuration) {
        compare(spark, configuration);
    }

    /**
     * Does the work of the job in a given session.
     *
     * @return what was written
     */
    public Comparison compare(SparkSession spark, Configuration configuration) {
        Activity.begin(spark, "compare", "compare: scores of all systems on the same rows");
        EvaluationRequest request = EvaluationRequest.of(asked(configuration));
        Paths paths = configuration.paths();
        Comparison comparison = Evaluation.of(spark, request);
        new ComparisonFiles(spark, configuration, request, paths.resolve(paths.table()), Optional.empty())
                .write(comparison);
        return comparison;
    }

    /** The configuration with the options of the command line. */
    private Configuration asked(Configuration configuration) {
        CompareSettings settings = configuration.get(CompareSettings.class);
        return configuration.change(List.of(
                "compare.intersect=" + (intersect || settings.intersect()),
                "compare.clip=" + (clip || settings.clip())));
    }
}
