package io.recthink.spark.baseline;

/**
 * Decides when a training stops, from the validation loss of each epoch, and remembers the best epoch. A training stops
 * after {@code patience} epochs without a better loss, or at a loss that is not finite.
 */
public final class EarlyStop {
    private final int patience;
    private int epochs;
    private int bestEpoch;
    private double bestLoss = Double.POSITIVE_INFINITY;
    private boolean diverged;

    /** @param patience the number of epochs without a better loss after which the training stops */
    public EarlyStop(int patience) {
        this.patience = patience;
    }

    /** Records the loss of the next epoch. After the stop it has no effect. */
    public void epoch(double loss) {
        if (reached()) {
            return;
        }
        epochs++;
        diverged = !Double.isFinite(loss);
        if (loss < bestLoss) {
            bestLoss = loss;
            bestEpoch = epochs;
        }
    }

    public boolean reached() {
        return diverged || epochs - bestEpoch >= patience;
    }

    /** The number of recorded epochs. */
    int epochs() {
        return epochs;
    }

    /** The first epoch with the lowest loss, from 1; 0 when no loss was finite. */
    public int bestEpoch() {
        return bestEpoch;
    }

    public double bestLoss() {
        return bestLoss;
    }
}
