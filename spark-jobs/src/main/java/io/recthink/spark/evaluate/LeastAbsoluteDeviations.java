package io.recthink.spark.evaluate;

import static org.apache.spark.sql.functions.array;
import static org.apache.spark.sql.functions.col;

import io.recthink.statistics.FixedPoint;
import io.recthink.statistics.LinearRegression;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.UnaryOperator;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Linear regression by least absolute deviations. The algorithm is iteratively reweighted least squares: each row has
 * the inverse of its absolute residual as weight (Schlossmacher 1973). Each round is one pass over the cached rows.
 * Data that fits into one task is fitted in one task. Sums are exact, so that the number of tasks does not change the
 * fit.
 */
final class LeastAbsoluteDeviations {
    private static final int MOST_ROUNDS = 50;

    /** Rows a task: the pass over them takes longer than the start of a task. About 50 MB. */
    private static final long ROWS_OF_A_TASK = 500_000;

    private static final double ENOUGH = 1e-7;

    /** Residuals below this value have the weight of this value; in units of the rating. */
    private static final double SMALLEST_RESIDUAL = 1e-4;

    private LeastAbsoluteDeviations() {}

    /**
     * Sums over rows, in fixed-point units: the weighted products of all pairs of variables, and the absolute
     * residuals.
     */
    private static final class Sums implements Serializable {
        private static final long serialVersionUID = 1;
        private final LinearRegression model;
        private final FixedPoint unit;
        private final double[] largest;
        private final long[] products;
        private long residuals;

        Sums(LinearRegression model, FixedPoint unit, double[] largest) {
            this.model = model;
            this.unit = unit;
            this.largest = largest;
            this.products = new long[largest.length * largest.length];
        }

        Sums add(double[] variables) {
            int target = variables.length - 1;
            double prediction = model.intercept();
            for (int i = 1; i < target; i++) {
                prediction += model.weights().get(i - 1) * variables[i];
            }
            double residual = Math.abs(variables[target] - prediction);
            residuals += unit.of(residual);
            double weight = SMALLEST_RESIDUAL / Math.max(residual, SMALLEST_RESIDUAL);
            for (int i = 0; i < variables.length; i++) {
                for (int j = 0; j <= i; j++) {
                    products[i * variables.length + j] +=
                            unit.of(weight * (variables[i] / largest[i]) * (variables[j] / largest[j]));
                }
            }
            return this;
        }

        Sums merge(Sums other) {
            residuals += other.residuals;
            for (int i = 0; i < products.length; i++) {
                products[i] += other.products[i];
            }
            return this;
        }

        double[][] moments() {
            int variables = largest.length;
            double[][] moments = new double[variables][variables];
            for (int i = 0; i < variables; i++) {
                for (int j = 0; j <= i; j++) {
                    moments[i][j] =
                            unit.value(products[i * variables + j]) * largest[i] * largest[j] / SMALLEST_RESIDUAL;
                    moments[j][i] = moments[i][j];
                }
            }
            return moments;
        }
    }

    /**
     * Fits the ratings.
     *
     * @param rows at least one row, with truth and the columns of the features
     * @param start first estimate: the fit by least squares
     */
    static LinearRegression fit(Dataset<Row> rows, List<Column> features, LinearRegression start) {
        return fit(rows, features, start, ROWS_OF_A_TASK);
    }

    /** @param rowsOfATask rows a task; does not change the result */
    static LinearRegression fit(Dataset<Row> rows, List<Column> features, LinearRegression start, long rowsOfATask) {
        int numbers = features.size();
        JavaRDD<double[]> all = variables(rows, features).persist(StorageLevel.MEMORY_AND_DISK());
        long count = all.count();
        int tasks = (int) Math.min(all.getNumPartitions(), (count - 1) / rowsOfATask + 1);
        JavaRDD<double[]> variables = all.coalesce(tasks);
        try {
            if (tasks == 1) {
                return variables
                        .mapPartitions(
                                some -> List.of(fit(list(some), numbers, start)).iterator())
                        .first();
            }
            variables.persist(StorageLevel.MEMORY_AND_DISK());
            double[] largest = variables.treeAggregate(
                    new double[numbers + 2], LeastAbsoluteDeviations::largest, LeastAbsoluteDeviations::largest);
            return fit(count, largest, start, sums -> variables.treeAggregate(sums, Sums::add, Sums::merge));
        } finally {
            variables.unpersist();
            all.unpersist();
        }
    }

    /** Fits rows that are in memory. */
    private static LinearRegression fit(List<double[]> variables, int features, LinearRegression start) {
        double[] largest = new double[features + 2];
        variables.forEach(row -> largest(largest, row));
        return fit(variables.size(), largest, start, sums -> {
            variables.forEach(sums::add);
            return sums;
        });
    }

    /** @param pass adds all rows to the given sums */
    private static LinearRegression fit(
            long count, double[] largest, LinearRegression start, UnaryOperator<Sums> pass) {
        FixedPoint unit = FixedPoint.forSums(count, largest[largest.length - 1] * 10);
        LinearRegression best = start;
        LinearRegression next = start;
        long least = Long.MAX_VALUE;
        for (int round = 0; round < MOST_ROUNDS; round++) {
            Sums sums = pass.apply(new Sums(next, unit, largest));
            if (sums.residuals >= least * (1 - ENOUGH)) {
                return sums.residuals < least ? next : best;
            }
            best = next;
            least = sums.residuals;
            next = LinearRegression.leastSquares(sums.moments());
        }
        return best;
    }

    private static List<double[]> list(Iterator<double[]> rows) {
        List<double[]> list = new ArrayList<>();
        rows.forEachRemaining(list::add);
        return list;
    }

    /** One array [1, features, rating] a row. */
    private static JavaRDD<double[]> variables(Dataset<Row> rows, List<Column> features) {
        List<Column> all = new ArrayList<>(features);
        all.add(col("truth"));
        return rows.select(array(all.toArray(Column[]::new)).as("variables"))
                .javaRDD()
                .map(row -> {
                    List<Double> values = row.getList(0);
                    double[] variables = new double[values.size() + 1];
                    variables[0] = 1;
                    for (int i = 0; i < values.size(); i++) {
                        variables[i + 1] = values.get(i);
                    }
                    return variables;
                });
    }

    private static double[] largest(double[] soFar, double[] more) {
        for (int i = 0; i < soFar.length; i++) {
            soFar[i] = Math.max(soFar[i], Math.max(Math.abs(more[i]), Double.MIN_NORMAL));
        }
        return soFar;
    }
}
