/**
 * Estimates the memory of each process and the time of a step before a training starts. The estimates use the shape of
 * the model and the settings alone; this package computes without tensors.
 */
package io.recthink.plan;
