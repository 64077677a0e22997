package io.recthink.spark.teacher;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What a task tells the driver beside the ledger: a request that has no answer, or why the task stopped.
 *
 * @param kind what happened
 * @param sha256 the request; empty for a task that stopped
 * @param reason the reason in words
 */
record Outcome(Kind kind, String sha256, String reason) {
    /** The kinds of outcomes. */
    enum Kind {
        /** Some requests have answers in the ledger. */
        ANSWERED,
        /** The request has no answer, and asking again does not help. */
        FAILED,
        /** The server denies its service: a wrong key, model or path. */
        DENIED,
        /** The server cannot be reached. */
        UNREACHABLE
    }

    static final StructType SCHEMA = new StructType()
            .add("kind", DataTypes.StringType, false)
            .add("sha256", DataTypes.StringType, false)
            .add("reason", DataTypes.StringType, false);

    static Outcome of(Row row) {
        return new Outcome(Kind.valueOf(row.getString(0)), row.getString(1), row.getString(2));
    }

    Row row() {
        return RowFactory.create(kind.name(), sha256, reason);
    }
}
