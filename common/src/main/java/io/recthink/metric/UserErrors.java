package io.recthink.metric;

import java.util.Arrays;

/**
 * The errors e = prediction - truth of several systems on the same rows, summed by user: all that MAE, RMSE and their
 * user-clustered bootstrap need. Its size is users x systems, whatever the number of rows.
 */
public final class UserErrors {
    private final int systems;
    private int users;
    private long[] rows;
    // [user, 2 x systems]: the sums of |e| of all systems, then those of e^2.
    private double[] sums;

    /** No users yet. */
    public UserErrors(int systems) {
        this.systems = systems;
        this.rows = new long[16];
        this.sums = new double[16 * width()];
    }

    /**
     * Adds one user.
     *
     * @param rowCount the number of the user's rows, at least 1
     * @param absolute the sum of |e| over these rows, by system
     * @param squared the sum of e^2 over these rows, by system
     */
    public void add(long rowCount, double[] absolute, double[] squared) {
        if (rowCount < 1 || absolute.length != systems || squared.length != systems) {
            throw new IllegalArgumentException("a user needs at least one row and the sums of " + systems + " systems");
        }
        requireNumbers(absolute);
        requireNumbers(squared);
        if (users == rows.length) {
            rows = Arrays.copyOf(rows, 2 * users);
            sums = Arrays.copyOf(sums, Math.multiplyExact(2 * users, width()));
        }
        rows[users] = rowCount;
        System.arraycopy(absolute, 0, sums, users * width(), systems);
        System.arraycopy(squared, 0, sums, users * width() + systems, systems);
        users++;
    }

    private static void requireNumbers(double[] errors) {
        for (double error : errors) {
            if (!(error >= 0 && error < Double.POSITIVE_INFINITY)) {
                throw new IllegalArgumentException("a sum of errors is " + error + "; errors must be numbers");
            }
        }
    }

    /** The number of systems. */
    public int systems() {
        return systems;
    }

    /** The number of users. */
    public int users() {
        return users;
    }

    /** The number of rows of all users. */
    public long rows() {
        return Arrays.stream(rows, 0, users).sum();
    }

    /** The mean absolute error of a system over all rows (micro: every row counts the same). */
    public double mae(int system) {
        return total(system) / rows();
    }

    /** The root of the mean squared error of a system over all rows. */
    public double rmse(int system) {
        return Math.sqrt(total(systems + system) / rows());
    }

    private double total(int column) {
        double total = 0;
        for (int user = 0; user < users; user++) {
            total += sums[user * width() + column];
        }
        return total;
    }

    int width() {
        return 2 * systems;
    }

    /** Adds {@code counts[user]} times the sums of each user to {@code into}, which has the width of one user. */
    long addWeighted(int[] counts, double[] into) {
        long weightedRows = 0;
        int width = width();
        for (int user = 0; user < users; user++) {
            int count = counts[user];
            if (count > 0) {
                weightedRows += count * rows[user];
                int start = user * width;
                for (int column = 0; column < width; column++) {
                    into[column] += count * sums[start + column];
                }
            }
        }
        return weightedRows;
    }
}
