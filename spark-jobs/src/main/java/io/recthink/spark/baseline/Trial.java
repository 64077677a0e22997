package io.recthink.spark.baseline;

/**
 * A setting that was tried.
 *
 * @param epochs the epochs, or iterations, with the lowest validation loss
 * @param validationLoss the loss that the choice goes by, after those epochs; not finite when the training diverged
 * @param seconds what the trial took, beside the others that ran at the same time
 */
public record Trial<S>(S setting, int epochs, double validationLoss, double seconds) {}
