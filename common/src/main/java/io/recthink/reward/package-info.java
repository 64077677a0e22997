/** Rewards of completions, as pure functions of a parsed completion and the true rating. */
package io.recthink.reward;
