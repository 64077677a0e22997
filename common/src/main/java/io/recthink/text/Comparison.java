package io.recthink.text;

/** Python's comparison operators. */
final class Comparison {
    private Comparison() {}

    static boolean holds(Budget budget, String operator, Object left, Object right) {
        return switch (operator) {
            case "==" -> Values.equal(budget, left, right);
            case "!=" -> !Values.equal(budget, left, right);
            case "in" -> Values.contains(budget, right, left);
            case "not in" -> !Values.contains(budget, right, left);
            default -> !Values.isUnordered(left, right) && ordered(operator, Values.order(budget, left, right));
        };
    }

    private static boolean ordered(String operator, int order) {
        return switch (operator) {
            case "<" -> order < 0;
            case "<=" -> order <= 0;
            case ">" -> order > 0;
            case ">=" -> order >= 0;
            default -> throw new IllegalArgumentException(operator);
        };
    }
}
