package io.paritree.serving.models;

import io.paritree.CorruptModelException;
import io.paritree.ModelException;
import io.paritree.config.ConfigurationException;
import io.paritree.serving.answer.ProblemException;
import io.paritree.serving.answer.Problems;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.metrics.ServerMetrics;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;

/**
 * The models in service, by name.
 *
 * <p>A name can mean several slots: its aliases and, in addition, pinned versions. A plain name
 * means its alias {@code champion}; if that is not served, the first slot that the configuration
 * lists. Once opened, the set of slots never changes; the models in them may. Thread-safe.
 */
public final class Models {
  private static final String CHAMPION = "champion";

  private volatile Map<String, List<ModelSlot>> slots = Map.of();
  private volatile Shadows shadows = Shadows.none();

  /**
   * Starts to open all models of a configuration; until they are open, requests for models are
   * answered with 503.
   */
  public Loading open(ServingConfig config, ServerMetrics metrics) {
    FutureTask<Void> task =
        new FutureTask<>(
            () -> {
              openAll(config, metrics);
              return null;
            });
    Thread thread = new Thread(task, "opening");
    thread.setDaemon(true);
    thread.start();
    return new Loading(task);
  }

  private void openAll(ServingConfig config, ServerMetrics metrics)
      throws ConfigurationException, ModelException, IOException {
    Map<String, List<ModelSlot>> byName = new LinkedHashMap<>();
    for (String text : config.models().serve()) {
      ModelSlot slot = opened(text, config, metrics);
      byName.computeIfAbsent(slot.current().name(), name -> new ArrayList<>()).add(slot);
    }

    for (List<ModelSlot> sameName : byName.values()) {
      checkAddresses(sameName);
    }

    shadows =
        Shadows.of(
            config.models(),
            address -> find(address, byName),
            List.copyOf(byName.keySet()),
            InstantSource.system());
    slots = byName;
  }

  private static ModelSlot opened(String text, ServingConfig config, ServerMetrics metrics)
      throws ModelException, IOException {
    String reference = config.models().reference(text);
    try {
      return new ModelSlot(reference, config, metrics);
    } catch (CorruptModelException e) {
      if (reference.equals(text)) {
        throw e;
      }

      throw new CorruptModelException(
          "%s; '%s' was looked up in models.store, %s: a path needs a slash, as ./%s"
              .formatted(e.getMessage(), text, config.models().store(), text),
          e);
    }
  }

  /** Checks that a path leads to each of the slots of one name. */
  private static void checkAddresses(List<ModelSlot> sameName) throws ConfigurationException {
    Map<String, ModelSlot> byAddress = new HashMap<>();
    for (ModelSlot slot : sameName) {
      ModelSlot other = byAddress.putIfAbsent(address(slot), slot);
      // An unsealed model has no version, so only the plain name leads to it.
      if (other == null && slot.alias().isEmpty() && !slot.current().model().sealed()) {
        other = plain(sameName) == slot ? null : plain(sameName);
      }

      if (other != null) {
        throw new ConfigurationException(
            "Cannot serve both %s and %s: both are '%s', and no path leads to the former; serve"
                    .formatted(slot.reference(), other.reference(), slot.current().name())
                + " one of them, or give it another name (an unsealed model has the name of its"
                + " file or directory)");
      }
    }
  }

  private static String address(ModelSlot slot) {
    return slot.alias().map(alias -> "@" + alias).orElse(slot.current().model().modelVersion());
  }

  /** Returns the slot that the plain name means. */
  private static ModelSlot plain(List<ModelSlot> sameName) {
    return sameName.size() == 1
        ? sameName.get(0)
        : following(CHAMPION, sameName).orElse(sameName.get(0));
  }

  private Map<String, List<ModelSlot>> opened() {
    Map<String, List<ModelSlot>> now = slots;
    if (now.isEmpty()) {
      throw new ProblemException(Problems.STARTING.of());
    }

    return now;
  }

  /** Returns the slots, in the order of the configuration; none until they are opened. */
  public List<ModelSlot> all() {
    return all(slots);
  }

  /**
   * Returns the slots, in the order of the configuration; throws a {@link ProblemException} (503)
   * until they are opened.
   */
  public List<ModelSlot> inService() {
    return all(opened());
  }

  private static List<ModelSlot> all(Map<String, List<ModelSlot>> slots) {
    return slots.values().stream().flatMap(List::stream).toList();
  }

  /** Returns the slot that the configuration lists first. */
  public ModelSlot first() {
    return opened().values().iterator().next().get(0);
  }

  /** Returns the slot under {@code name} or {@code name@alias}. */
  public Optional<ModelSlot> find(String address) {
    return find(address, opened());
  }

  private static Optional<ModelSlot> find(String address, Map<String, List<ModelSlot>> slots) {
    List<ModelSlot> sameName = slots.get(address);
    if (sameName != null) {
      return Optional.of(plain(sameName));
    }

    int at = address.lastIndexOf('@');
    return at < 0
        ? Optional.empty()
        : following(
            address.substring(at + 1), slots.getOrDefault(address.substring(0, at), List.of()));
  }

  private static Optional<ModelSlot> following(String alias, List<ModelSlot> slots) {
    return slots.stream()
        .filter(slot -> slot.alias().filter(alias::equals).isPresent())
        .findFirst();
  }

  /** Returns the slot whose model has a version, if there is one. */
  public Optional<ModelSlot> find(String name, String version) {
    String modelVersion = name + "/" + version;
    return of(name).stream()
        .filter(slot -> slot.current().model().modelVersion().equals(modelVersion))
        .findFirst();
  }

  /** Returns the slots that hold versions of a model, in the order of the configuration. */
  public List<ModelSlot> of(String name) {
    return opened().getOrDefault(name, List.of());
  }

  /** Returns the challengers of the models; none until the models are open. */
  public Shadows shadows() {
    return shadows;
  }

  public List<String> names() {
    return List.copyOf(opened().keySet());
  }

  /** Returns the served models as a text for messages. */
  public String addresses() {
    return all().stream()
        .map(slot -> slot.current().name() + " (" + slot.current().model().modelVersion() + ")")
        .collect(Collectors.joining(", "));
  }

  /** The models of a configuration, which a separate thread opens. */
  public static final class Loading {
    private final FutureTask<Void> task;

    private Loading(FutureTask<Void> task) {
      this.task = task;
    }

    /**
     * Waits until all models are open.
     *
     * @throws ConfigurationException if no path would lead to one, because another has its name
     * @throws ModelException if one is corrupt or not supported
     * @throws IOException if one cannot be read
     */
    public void await() throws ConfigurationException, ModelException, IOException {
      try {
        task.get();
      } catch (ExecutionException e) {
        Throwable cause = e.getCause();
        if (cause instanceof ConfigurationException wrong) {
          throw wrong;
        }

        if (cause instanceof ModelException refused) {
          throw refused;
        }

        if (cause instanceof IOException unreadable) {
          throw unreadable;
        }

        if (cause instanceof Error error) {
          throw error;
        }

        throw (RuntimeException) cause;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("Cannot open the models: interrupted", e);
      }
    }
  }
}
