/** Error metrics, their intervals and the formulae of the trivial predictors, as pure functions. */
package io.recthink.statistics;
