package io.recthink.metric;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.io.IOException;
import java.util.concurrent.ForkJoinPool;
import org.junit.jupiter.api.Test;

class UserBootstrapTest {
    private final Referee referee = Referee.read();
    private final UserErrors errors = referee.errors();

    UserBootstrapTest() throws IOException {}

    @Test
    void errorsAreThoseOfNumpy() {
        for (int system = 0; system < errors.systems(); system++) {
            assertThat(errors.mae(system)).isCloseTo(referee.numbers("mae")[system], within(1e-12));
            assertThat(errors.rmse(system)).isCloseTo(referee.numbers("rmse")[system], within(1e-12));
        }
        assertThat(errors.rows()).isEqualTo(300);
        assertThat(errors.users()).isEqualTo(40);
    }

    @Test
    void intervalsAreThoseOfNumpyOnTheSameDraws() {
        UserBootstrap bootstrap = bootstrap(17);
        for (int system = 0; system < errors.systems(); system++) {
            assertSame(bootstrap.mae(system), referee.numbers("maeInterval/" + system), 1e-12);
            assertSame(bootstrap.rmse(system), referee.numbers("rmseInterval/" + system), 1e-12);
            assertSame(bootstrap.maeDifference(system, 0), referee.numbers("differenceTo0/" + system), 1e-12);
        }
    }

    @Test
    void intervalsAgreeWithAnIndependentBootstrap() {
        UserBootstrap bootstrap = new UserBootstrap(errors, 20_000, 0.9, 3);
        for (int system = 0; system < errors.systems(); system++) {
            assertSame(bootstrap.mae(system), referee.numbers("plainMaeInterval/" + system), 0.004);
            assertSame(bootstrap.maeDifference(system, 0), referee.numbers("plainDifferenceTo0/" + system), 0.004);
        }
    }

    @Test
    void differencesArePaired() {
        UserBootstrap bootstrap = bootstrap(17);
        assertThat(bootstrap.maeDifference(1, 1)).isEqualTo(new Interval(0, 0));
        UserErrors shifted = new UserErrors(2);
        shifted.add(1, new double[] {0, 0.1}, new double[] {0, 0.01});
        shifted.add(1, new double[] {4, 4.1}, new double[] {16, 16.81});
        Interval difference = new UserBootstrap(shifted, 200, 0.95, 1).maeDifference(1, 0);
        assertThat(difference.low()).isCloseTo(0.1, within(1e-12));
        assertThat(difference.high()).isCloseTo(0.1, within(1e-12));
        assertThat(difference.excludesZero()).isTrue();
        assertThat(new Interval(-0.1, 0.1).excludesZero()).isFalse();
    }

    @Test
    void usersAreDrawnNotRows() {
        // All rows are one user's: nothing varies. Drawing rows would give a wide interval.
        UserErrors one = new UserErrors(1);
        one.add(100, new double[] {50}, new double[] {70});
        assertThat(new UserBootstrap(one, 100, 0.95, 1).mae(0)).isEqualTo(new Interval(0.5, 0.5));
    }

    @Test
    void theSeedAloneDecidesTheDrawsOnAnyNumberOfThreads() throws Exception {
        Interval first = bootstrap(17).mae(0);
        ForkJoinPool single = new ForkJoinPool(1);
        try {
            assertThat(single.submit(() -> bootstrap(17).mae(0)).get()).isEqualTo(first);
        } finally {
            single.shutdown();
        }
        assertThat(bootstrap(18).mae(0)).isNotEqualTo(first);
    }

    @Test
    void refusesErrorsThatAreNoNumbers() {
        UserErrors systems = new UserErrors(1);
        assertThatThrownBy(() -> systems.add(1, new double[] {Double.NaN}, new double[] {1}))
                .hasMessageContaining("NaN");
        assertThatThrownBy(() -> new UserBootstrap(systems, 10, 0.95, 1)).hasMessageContaining("at least one user");
    }

    private UserBootstrap bootstrap(long seed) {
        return new UserBootstrap(
                errors,
                referee.at("resamples").asInt(),
                referee.at("confidence").asDouble(),
                seed);
    }

    private static void assertSame(Interval interval, double[] expected, double tolerance) {
        assertThat(interval.low()).isCloseTo(expected[0], within(tolerance));
        assertThat(interval.high()).isCloseTo(expected[1], within(tolerance));
    }
}
