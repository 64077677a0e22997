package io.recthink.spark.prepare;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat_ws;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.sha2;
import static org.apache.spark.sql.functions.substring;
import static org.apache.spark.sql.functions.when;

import io.recthink.spark.table.SplitLabel;
import io.recthink.spark.table.Splits;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Optional;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Assigns each row by itself, from the SHA-256 of {@code split SP seed SP rowId}. The first {@value #DIGITS} digits are
 * read as a hexadecimal fraction. A fraction below {@code validationFrom} gives train, a fraction below
 * {@code testFrom} gives validation, and any other gives test. The split of a row does not depend on other rows, so the
 * shares are exact only on average.
 *
 * @param validationFrom in (0, testFrom)
 * @param testFrom below 1
 * @param seed of the hash
 */
record RandomSplit(double validationFrom, double testFrom, long seed) implements SplitRule {
    private static final int DIGITS = 15;

    @Override
    public Dataset<Row> assign(Dataset<Row> rows) {
        return rows.withColumn("split", ofRow().orElseThrow());
    }

    @Override
    public Optional<Column> ofRow() {
        Column hash = sha2(concat_ws(" ", lit("split"), lit(seed), col("rowId")).cast("binary"), 256);
        Column fraction = substring(hash, 1, DIGITS);
        return Optional.of(when(fraction.lt(digits(validationFrom)), Splits.TRAIN)
                .when(fraction.lt(digits(testFrom)), Splits.VALIDATION)
                .otherwise(Splits.TEST));
    }

    /** Returns a fraction as hash digits of fixed length, so that text order equals numeric order. */
    private static String digits(double fraction) {
        BigInteger scale = BigInteger.valueOf(16).pow(DIGITS);
        BigInteger digits =
                BigDecimal.valueOf(fraction).multiply(new BigDecimal(scale)).toBigInteger();
        return ("%0" + DIGITS + "x").formatted(digits);
    }

    @Override
    public Column horizon(boolean refit) {
        return col("time");
    }

    @Override
    public boolean timeDecides() {
        return false;
    }

    @Override
    public SplitLabel label() {
        return SplitLabel.random();
    }
}
