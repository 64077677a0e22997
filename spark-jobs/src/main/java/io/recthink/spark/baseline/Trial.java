package io.recthink.spark.baseline;

/**
 * A tried setting.
 *
 * @param epochs the number of epochs, or iterations, with the lowest validation loss
 * @param validationLoss the validation loss after these epochs; not finite when the training diverged
 * @param seconds the wall-clock time of the trial, while other trials ran at the same time
 */
public record Trial<S>(S setting, int epochs, double validationLoss, double seconds) {}
