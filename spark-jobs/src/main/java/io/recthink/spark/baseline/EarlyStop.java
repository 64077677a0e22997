package io.recthink.spark.baseline;

/** Watches the validation loss of the epochs of a training: which was the best, and when it is time to stop. */
public final class EarlyStop {
    private final int patience;
    private int epochs;
    private int bestEpoch;
    private double bestLoss = Double.POSITIVE_INFINITY;
    private boolean diverged;

    /** @param patience epochs without a better loss that are put up with */
    public EarlyStop(int patience) {
        this.patience = patience;
    }

    /** Takes note of the next epoch; after the stop nothing counts any more. */
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

    /** Epochs that counted. */
    int epochs() {
        return epochs;
    }

    /** The first epoch with the lowest loss; 0 when none had a finite one. */
    public int bestEpoch() {
        return bestEpoch;
    }

    public double bestLoss() {
        return bestLoss;
    }
}
