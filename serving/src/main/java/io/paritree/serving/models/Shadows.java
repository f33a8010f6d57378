package io.paritree.serving.models;

import io.paritree.config.ConfigurationException;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.insight.traffic.Shadow;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The challengers of the models in service, and what they make of callers' rows. Thread-safe. */
public final class Shadows implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Shadows.class);
  private static final long REFRESH_MILLIS = 100;

  private final List<Shadowed> all;
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "shadows");
            thread.setDaemon(true);
            return thread;
          });

  /** A served model with its challenger; {@code config} names both. */
  private record Shadowed(
      ServingConfig.Shadowed config,
      ModelSlot champion,
      ChallengerSlot challenger,
      Shadow shadow) {}

  /**
   * What has become of the rows of a model that has a challenger.
   *
   * @param model as the configuration names it
   * @param isRefusing whether the newest version of the challenger cannot be compared
   */
  record Rows(String model, long compared, long dropped, long failed, boolean isRefusing) {}

  private Shadows(List<Shadowed> all) {
    this.all = List.copyOf(all);
  }

  /** Returns the challengers of no model. */
  static Shadows none() {
    return new Shadows(List.of());
  }

  /**
   * Makes the shadows of a configuration; no challenger is opened yet.
   *
   * @param served finds a model in service by its address
   * @throws ConfigurationException if a model is not served
   */
  static Shadows of(
      ServingConfig.Models config,
      Function<String, Optional<ModelSlot>> served,
      List<String> known,
      InstantSource clock)
      throws ConfigurationException {
    List<Shadowed> all = new ArrayList<>();
    for (ServingConfig.Shadowed one : config.shadow()) {
      ModelSlot champion =
          served
              .apply(one.address())
              .orElseThrow(
                  () ->
                      new ConfigurationException(
                          "Cannot compare a challenger of %s: no served model is called so in paths; models.shadow may name %s"
                              .formatted(one.address(), known)));
      if (champion.shadow() != null) {
        throw new ConfigurationException(
            "Cannot compare a challenger of %s: models.shadow names the same model twice"
                .formatted(one.address()));
      }

      ChallengerSlot challenger = new ChallengerSlot(config.reference(one.challenger()));
      Shadow shadow =
          new Shadow(
              one.address(),
              () -> champion.current().model(),
              challenger::current,
              config.shadowQueue(),
              config.shadowMovers(),
              clock);
      champion.shadow(shadow);
      all.add(new Shadowed(one, champion, challenger, shadow));
    }

    return new Shadows(all);
  }

  /** Begins to compare, in threads of its own. */
  public void begin() {
    all.forEach(one -> one.shadow().begin());
    if (!all.isEmpty()) {
      thread.scheduleWithFixedDelay(
          () -> all.forEach(Shadows::refresh),
          REFRESH_MILLIS,
          REFRESH_MILLIS,
          TimeUnit.MILLISECONDS);
    }
  }

  /** Nothing that is thrown may end the schedule: it would never be called again. */
  private static void refresh(Shadowed one) {
    try {
      one.shadow().refresh();
    } catch (RuntimeException | Error e) {
      LOG.warn("Cannot look for new versions to compare of {}", one.config().address(), e);
    }
  }

  List<ChallengerSlot> challengers() {
    return all.stream().map(Shadowed::challenger).toList();
  }

  /** Returns what has become of the rows of each model. */
  List<Rows> rows() {
    return all.stream()
        .map(
            one ->
                new Rows(
                    one.config().address(),
                    one.shadow().compared(),
                    one.shadow().dropped(),
                    one.shadow().failed(),
                    one.challenger().refusal().isPresent()))
        .toList();
  }

  @Override
  public void close() {
    thread.shutdownNow();
    all.forEach(one -> one.shadow().close());
  }
}
