package io.paritree;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is registered is closed once, the last first, whatever fails. */
class CloserTest {
  private final List<String> closed = new ArrayList<>();

  @Test
  void lastIsClosedFirstAndEachOnce() throws Exception {
    Closer closer = new Closer();
    closer.register(() -> closed.add("first"));
    closer.register(() -> closed.add("last"));
    closer.close();
    closer.close();
    assertThat(closed).containsExactly("last", "first");
  }

  @Test
  void failureToCloseOneSuppressesThoseOfOthersAndKeepsNoneOpen() {
    Closer closer = new Closer();
    closer.register(() -> closed.add("first"));
    closer.register(
        () -> {
          throw new IOException("of the second");
        });
    closer.register(
        () -> {
          throw new IllegalStateException("of the last");
        });
    assertThatThrownBy(closer::close)
        .hasMessage("of the last")
        .satisfies(e -> assertThat(e.getSuppressed()[0]).hasMessage("of the second"));
    assertThat(closed).containsExactly("first");
  }

  @Test
  void failureOnTheWayIsThrownAndSuppressesFailuresToClose() {
    assertThatThrownBy(
            () -> {
              try (Closer opened = new Closer()) {
                opened.register(
                    () -> {
                      throw new IOException("to close");
                    });
                throw new IllegalStateException("on the way");
              }
            })
        .hasMessage("on the way")
        .satisfies(e -> assertThat(e.getSuppressed()[0]).hasMessage("to close"));
  }

  @Test
  void whatIsReleasedIsClosedByItsOwner() throws Exception {
    Closer owner;
    try (Closer opened = new Closer()) {
      opened.register(() -> closed.add("first"));
      opened.register(() -> closed.add("last"));
      owner = opened.release();
    }

    assertThat(closed).isEmpty();
    owner.close();
    assertThat(closed).containsExactly("last", "first");
  }
}
