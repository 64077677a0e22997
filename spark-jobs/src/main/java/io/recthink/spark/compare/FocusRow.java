package io.recthink.spark.compare;

import io.recthink.metric.Interval;

/** The MAE of the system in focus minus that of another one: below zero when the one in focus is better. */
record FocusRow(SystemKey other, double difference, Interval interval) {}
