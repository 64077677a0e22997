package io.recthink.statistics;

import java.io.Serializable;
import java.util.List;
import java.util.stream.DoubleStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.SingularValueDecomposition;

/**
 * Linear regression with an intercept, computed from the moments of the data. The rows themselves are not needed.
 *
 * @param intercept the prediction where every feature is 0
 * @param weights one weight per feature; redundant features have the smallest weights that fit
 */
public record LinearRegression(double intercept, List<Double> weights) implements Serializable {
    public LinearRegression {
        weights = List.copyOf(weights);
    }

    /**
     * Fits by least squares, from sums over rows.
     *
     * @param moments [features + 2, features + 2], symmetric: the sums of the products of each pair of the variables
     *     (1, features, y). Products of weighted rows are multiplied by the weight of the row. So {@code moments[0][0]}
     *     is the number of rows or the sum of their weights, above 0.
     */
    public static LinearRegression leastSquares(double[][] moments) {
        int features = moments.length - 2;
        double rows = moments[0][0];
        if (!(rows > 0)) {
            throw new IllegalArgumentException("a regression needs at least one row");
        }
        double[][] covariance = new double[moments.length][moments.length];
        for (int i = 1; i < moments.length; i++) {
            for (int j = 1; j < moments.length; j++) {
                covariance[i][j] = moments[i][j] / rows - moments[0][i] / rows * (moments[0][j] / rows);
            }
        }
        // Each feature in units of its standard deviation: counts and ratings differ by orders of magnitude.
        double[] deviations = new double[features];
        for (int i = 0; i < features; i++) {
            double variance = covariance[i + 1][i + 1];
            deviations[i] = variance > 1e-12 * Math.max(1, moments[i + 1][i + 1] / rows) ? Math.sqrt(variance) : 0;
        }
        double[] weights = solve(covariance, deviations);
        double intercept = moments[0][features + 1] / rows;
        for (int i = 0; i < features; i++) {
            intercept -= weights[i] * moments[0][i + 1] / rows;
        }
        return new LinearRegression(intercept, DoubleStream.of(weights).boxed().toList());
    }

    /** The prediction for one row. */
    public double predict(double... features) {
        double prediction = intercept;
        for (int i = 0; i < features.length; i++) {
            prediction += weights.get(i) * features[i];
        }
        return prediction;
    }

    private static double[] solve(double[][] covariance, double[] deviations) {
        int features = deviations.length;
        Array2DRowRealMatrix correlations = new Array2DRowRealMatrix(features, features);
        ArrayRealVector target = new ArrayRealVector(features);
        for (int i = 0; i < features; i++) {
            if (deviations[i] > 0) {
                target.setEntry(i, covariance[i + 1][features + 1] / deviations[i]);
                for (int j = 0; j < features; j++) {
                    correlations.setEntry(
                            i, j, deviations[j] > 0 ? covariance[i + 1][j + 1] / (deviations[i] * deviations[j]) : 0);
                }
            }
        }
        double[] weights = new SingularValueDecomposition(correlations)
                .getSolver()
                .solve(target)
                .toArray();
        for (int i = 0; i < features; i++) {
            weights[i] = deviations[i] > 0 ? weights[i] / deviations[i] : 0;
        }
        return weights;
    }
}
