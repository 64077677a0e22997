/**
 * A client of servers that speak the chat completions protocol of OpenAI. {@link io.recthink.chat.ChatBody} writes the
 * text of a request, and {@link io.recthink.chat.ChatClient} asks with retries, limits of rate and a time limit.
 */
package io.recthink.chat;
