package io.recthink.spark.table;

import io.recthink.spark.files.ListedTable;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;

/**
 * The cost of the teacher models that wrote a table, stored in the table's list of files.
 *
 * @param teacherCalls calls of a model; 0 when a rule wrote the answers
 * @param teacherTokens tokens of these calls, input and output
 */
public record TeacherUsage(long teacherCalls, long teacherTokens) {
    public static final TeacherUsage NONE = new TeacherUsage(0, 0);

    /** The cost of the tables at a path or pattern; a table without this entry counts as 0. */
    public static TeacherUsage ofTables(String key, String pattern, Configuration hadoop) {
        return ListedTable.folders(key, pattern, hadoop).stream()
                .flatMap(folder -> ListedTable.list(key, folder, hadoop, TeacherUsage.class).stream())
                .reduce(NONE, TeacherUsage::plus);
    }

    private TeacherUsage plus(TeacherUsage other) {
        return new TeacherUsage(teacherCalls + other.teacherCalls, teacherTokens + other.teacherTokens);
    }

    /** The entries of a list of files. */
    public Map<String, Long> entries() {
        return Map.of("teacherCalls", teacherCalls, "teacherTokens", teacherTokens);
    }
}
