package io.recthink.spark;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.SparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * What the people of a cluster see in Spark's web interface and in its event log: Spark's jobs and their stages carry the
 * words that a person would use for them; the positions in code stay in their details. Belongs to the thread that starts
 * the Spark jobs.
 */
public final class Activity {
    private static final String GROUP = "spark.jobGroup.id";
    private static final String DESCRIPTION = "spark.job.description";
    private static final String SHORT_PLACE = "callSite.short";
    private static final List<String> ALL = List.of(GROUP, DESCRIPTION, SHORT_PLACE);
    private static final String OURS = "recthink ";

    private Activity() {}

    /**
     * Says what the Spark jobs from now on are for.
     *
     * @param group the jobs that belong together, a command or a step of it; a notebook's own group is left as it is,
     *     because it cancels by it
     * @param words for example {@code step 12: rollout}
     */
    public static void begin(SparkSession spark, String group, String words) {
        SparkContext context = spark.sparkContext();
        String before = context.getLocalProperty(GROUP);
        if (before == null || before.startsWith(OURS)) {
            context.setLocalProperty(GROUP, OURS + group);
        }
        context.setLocalProperty(DESCRIPTION, words);
        context.setLocalProperty(SHORT_PLACE, words);
    }

    /** What was said before, to be said again by {@link #restore}. */
    static Map<String, String> current(SparkSession spark) {
        Map<String, String> said = new HashMap<>();
        ALL.forEach(key -> said.put(key, spark.sparkContext().getLocalProperty(key)));
        return said;
    }

    static void restore(SparkSession spark, Map<String, String> said) {
        said.forEach(spark.sparkContext()::setLocalProperty);
    }
}
