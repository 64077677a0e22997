package io.recthink.spark.source;

import static org.apache.spark.sql.functions.expr;
import static org.apache.spark.sql.functions.max;

import io.recthink.InvalidInputException;
import io.recthink.spark.files.TableFailure;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Reads a table for the first time. Tasks find unreadable files and mappings that cannot be computed. This class
 * reports these errors with the name of the setting.
 */
final class FirstRead {
    private static final int FIRST_ROWS = 20;

    private final FoundTable table;
    private final String path;
    private final String filter;
    private final List<Mapping> mappings;

    /** @param filter the filter that the rows of the table have passed; may be blank */
    FirstRead(FoundTable table, String path, String filter, List<Mapping> mappings) {
        this.filter = filter;
        this.table = table;
        this.path = path;
        this.mappings = mappings;
    }

    /** @throws InvalidInputException when the reading fails because of a file or a mapping */
    <T> T of(Supplier<T> reading) {
        try {
            tryOut();
            return reading.get();
        } catch (Exception e) {
            if (Analysis.cause(e, InvalidInputException.class).isPresent()) {
                throw e;
            }
            Optional<IOException> unreadable = Analysis.cause(e, IOException.class);
            if (unreadable
                    .filter(found -> TableFailure.FULL_DISK
                            .matcher(String.valueOf(found.getMessage()))
                            .find())
                    .isPresent()) {
                throw e; // a full disk is not an error of the log
            }
            if (unreadable.isPresent()) {
                throw new InvalidInputException(
                        "%s: %s cannot be read: %s; is a file damaged or incomplete?"
                                .formatted(table.key(), path, unreadable.get().getMessage()),
                        e);
            }
            refuseFilter();
            mappings.forEach(this::compute);
            throw e;
        }
    }

    /**
     * Computes the computed mappings on the first rows, in this process and not in a task. An error that occurs in
     * every row is then one line of output and does not fill the logs of the executors.
     */
    private void tryOut() {
        List<Mapping> computed = mappings.stream().filter(Mapping::isComputed).toList();
        if (computed.isEmpty()) {
            return;
        }
        Dataset<Row> rows = table.rows();
        Dataset<Row> some =
                rows.sparkSession().createDataFrame(rows.limit(FIRST_ROWS).collectAsList(), rows.schema());
        computed.forEach(mapping -> named(mapping, () -> some.select(expr(mapping.sql()))));
    }

    private void refuseFilter() {
        if (!filter.isBlank()) {
            named("source.filter", filter, () -> table.rows().groupBy().count());
        }
    }

    /** Computes one mapping without the others. */
    private void compute(Mapping mapping) {
        named(mapping, () -> table.rows().agg(max(mapping.column().cast("string"))));
    }

    private void named(Mapping mapping, Supplier<Dataset<Row>> computation) {
        named(mapping.key(), mapping.expression(), computation);
    }

    private void named(String key, String expression, Supplier<Dataset<Row>> computation) {
        try {
            computation.get().collectAsList();
        } catch (Exception e) {
            throw new InvalidInputException(
                    "%s: '%s' cannot be computed: %s. The columns are %s. %s"
                            .formatted(
                                    key, expression, Analysis.innermost(e), Mapping.columns(table), remedy(expression)),
                    e);
        }
    }

    private static String remedy(String expression) {
        return expression.contains("EEE")
                ? "Spark cannot read names of days; leave the names out, as in to_timestamp(substr(date_added, 5),"
                        + " 'MMM dd HH:mm:ss Z yyyy')"
                : "Use a function that gives null for an unusual value, such as try_cast or try_to_timestamp: then"
                        + " only the row with this value is unusable";
    }
}
