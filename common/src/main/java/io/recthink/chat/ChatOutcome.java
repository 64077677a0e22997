package io.recthink.chat;

/**
 * What became of a request. A reason is one line: what the server or the connection said, at most 300 characters of
 * it, without control characters and without the key.
 */
public sealed interface ChatOutcome {
    /** The server answered. */
    record Answered(ChatAnswer answer) implements ChatOutcome {}

    /**
     * This request failed for good; another may succeed. The server refused its content, or all attempts failed.
     *
     * @param attempts the number of attempts, at least 1
     */
    record Failed(String reason, int attempts) implements ChatOutcome {}

    /**
     * No attempt reached the server: no connection, an unknown host, or a certificate that is not accepted.
     *
     * @param attempts the number of attempts, at least 1; a refused certificate is not tried again
     */
    record Unreachable(String reason, int attempts) implements ChatOutcome {}

    /**
     * The server serves no request of this kind: a wrong key, no credit, or a wrong address. Every other request would
     * get the same, so the caller must stop.
     *
     * @param status the HTTP status: 3xx, 401, 402, 403, 404, 405, 407 or 410
     */
    record Denied(int status, String reason) implements ChatOutcome {}
}
