/**
 * What a training will need before it starts: the memory of each process and the time of a step, from the shape of the
 * model and the settings alone. Arithmetic without tensors.
 */
package io.recthink.plan;
