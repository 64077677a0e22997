/** Prompts and the answers to them: templates, token limits, the output grammar and its parser. */
package io.recthink.prompt;
