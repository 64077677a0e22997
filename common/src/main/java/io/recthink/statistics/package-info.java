/**
 * Statistics as pure functions: confidence intervals, corrections for many tests, and the formulas of the simple
 * predictors.
 */
package io.recthink.statistics;
