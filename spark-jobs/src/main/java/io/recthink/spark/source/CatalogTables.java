package io.recthink.spark.source;

import io.recthink.InvalidInputException;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.SparkSession;

/** Reads tables that a catalog of the session knows: a table of Spark, Hive, Iceberg or Delta, or a view. */
final class CatalogTables {
    private static final String CATALOG = "spark.sql.catalogImplementation";
    private static final String HIVE = "hive";

    private CatalogTables() {}

    /**
     * @throws InvalidInputException when the table does not exist, or when it is a Hive table and Spark has no Hive
     *     support
     */
    static FoundTable read(SparkSession spark, String name, String key) {
        try {
            return FoundTable.typed(spark.table(name), key);
        } catch (Exception e) {
            if (Analysis.cause(e, AnalysisException.class).isEmpty()) {
                throw e;
            }
            throw new InvalidInputException(
                    "%s: cannot read the table %s: %s%s".formatted(key, name, Analysis.innermost(e), hive(spark)), e);
        }
    }

    private static String hive(SparkSession spark) {
        if (spark.sparkContext().conf().get(CATALOG, "in-memory").equals(HIVE)) {
            return "";
        }
        String start = "; tables of a Hive metastore need --conf %s=%s".formatted(CATALOG, HIVE);
        return hasHive()
                ? start
                : start + " and Spark's classes for Hive (spark-hive), which this distribution does" + " not contain";
    }

    private static boolean hasHive() {
        try {
            Class.forName(
                    "org.apache.spark.sql.hive.HiveSessionStateBuilder",
                    false,
                    Thread.currentThread().getContextClassLoader());
            return true;
        } catch (ClassNotFoundException e) {
            return false;
        }
    }
}
