package io.recthink.spark.baseline.review;

import java.io.Serializable;

/**
 * The end of a training.
 *
 * @param epochs the epochs of the network in the file: those with the lowest validation loss
 * @param ran the epochs that were trained
 * @param loss the validation loss of the network in the file; infinite when every epoch diverged, NaN without
 *     validation
 * @param seconds wall-clock time of the steps alone
 * @param file the trained network in the folder of the request; null when the training diverged
 */
record TrainingResult(int epochs, int ran, double loss, double seconds, String file) implements Serializable {}
