package io.recthink.spark;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Labels Spark jobs and stages in Spark's web interface and event log with words that a person would use. The positions
 * in the code remain in the details of a stage. The labels belong to the thread that starts the Spark jobs.
 */
public final class Activity {
    private static final String GROUP = "spark.jobGroup.id";
    private static final String DESCRIPTION = "spark.job.description";
    private static final String SHORT_PLACE = "callSite.short";
    private static final List<String> ALL = List.of(GROUP, DESCRIPTION, SHORT_PLACE);
    private static final String OURS = "recthink ";

    private Activity() {}

    /**
     * Labels the Spark jobs that this thread starts from now on.
     *
     * @param group the name of a command or of one of its steps. If a notebook has set its own group, the group stays,
     *     because the notebook cancels its jobs by it.
     * @param words the description, for example {@code step 12: rollout}
     */
    public static void begin(SparkSession spark, String group, String words) {
        SparkContext context = spark.sparkContext();
        context.setLocalProperty(GROUP, group(context, group));
        context.setLocalProperty(DESCRIPTION, words);
        context.setLocalProperty(SHORT_PLACE, words);
    }

    /**
     * The group for Spark jobs of ours: that of a notebook if it has set one, because it cancels its jobs by it.
     *
     * @param name a name for the group of ours
     */
    public static String group(SparkContext context, String name) {
        String before = context.getLocalProperty(GROUP);
        return before == null || before.startsWith(OURS) ? OURS + name : before;
    }

    /** Returns the current labels, which {@link #restore} sets again. */
    static Map<String, String> current(SparkSession spark) {
        Map<String, String> said = new HashMap<>();
        ALL.forEach(key -> said.put(key, spark.sparkContext().getLocalProperty(key)));
        return said;
    }

    static void restore(SparkSession spark, Map<String, String> said) {
        said.forEach(spark.sparkContext()::setLocalProperty);
    }
}
