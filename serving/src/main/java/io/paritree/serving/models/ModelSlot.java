package io.paritree.serving.models;

import io.paritree.CorruptModelException;
import io.paritree.ModelException;
import io.paritree.model.EngineKind;
import io.paritree.model.ModelFiles;
import io.paritree.model.Opening;
import io.paritree.model.ScoringModel;
import io.paritree.serving.config.ServingConfig;
import io.paritree.serving.insight.traffic.RequestProfile;
import io.paritree.serving.insight.traffic.Shadow;
import io.paritree.serving.metrics.ServerMetrics;
import io.paritree.serving.models.ModelSlot.Refusal.Kind;
import io.prometheus.metrics.core.datapoints.CounterDataPoint;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The model that answers under one reference, and the only way to replace it.
 *
 * <p>Thread-safe. A request reads {@link #current} once and uses that model to its end, so no
 * answer mixes two models. The replaced model is left to the garbage collector: it holds no native
 * memory and no file, and needs no closing.
 */
public final class ModelSlot {
  private static final Logger LOG = LoggerFactory.getLogger(ModelSlot.class);

  /** A refused version is not opened again automatically before this time has passed. */
  static final Duration RETRY = Duration.ofSeconds(30);

  private final String reference;
  private final ServingConfig config;
  private final ServerMetrics metrics;
  private final AtomicReference<ServedModel> current;
  private final AtomicReference<Refusal> refusal = new AtomicReference<>();
  private final Optional<String> alias;
  private final SeenStore store;
  private final CounterDataPoint replaced;
  private final Map<Refusal.Kind, CounterDataPoint> refusals = new EnumMap<>(Refusal.Kind.class);
  private final AtomicLong looks = new AtomicLong();
  private String location; // guarded by this
  private long ended; // guarded by this: the number of the last look whose result was used
  private volatile Instant seen = Instant.now(); // when a look last found the newest version
  private volatile Shadow shadow; // null if no challenger is configured

  /**
   * Opens the model under a reference.
   *
   * @param reference what {@link Opening#open} takes
   * @throws ModelException if it is corrupt or not supported
   * @throws IOException if it cannot be read
   */
  ModelSlot(String reference, ServingConfig config, ServerMetrics metrics)
      throws ModelException, IOException {
    this.reference = reference;
    this.config = config;
    this.metrics = metrics;
    ModelFiles.Place place = ModelFiles.locate(reference);
    this.location = place.location();
    this.alias = place.alias();
    this.store = new SeenStore(alias, place.isVersion());
    this.current = new AtomicReference<>(open(location, Optional.empty()));
    store.look(location, location, true);
    String name = current().name();
    this.replaced = metrics.reloads(name, "replaced");
    for (Refusal.Kind kind : Refusal.Kind.values()) {
      refusals.put(kind, metrics.reloads(name, kind.word()));
    }
  }

  /**
   * Why the newest version is not in service.
   *
   * @param location where that version is
   * @param at when it was first refused for this reason
   * @param nanos nanosecond clock, when it was last refused
   */
  public record Refusal(Kind kind, String location, String reason, Instant at, long nanos) {
    private static final Pattern VERSION = Pattern.compile(".*/([1-9][0-9]{0,17})");

    /** Returns how answers name the version; empty if it is in no store. */
    private Optional<String> version(String name) {
      Matcher place = VERSION.matcher(location);
      return place.matches() ? Optional.of(name + "/" + place.group(1)) : Optional.empty();
    }

    /** Returns whether it is too early to open it again. */
    boolean isFresh() {
      return kind == Kind.REFUSED && System.nanoTime() - nanos < RETRY.toNanos();
    }

    /** Why the newest version is not in service. */
    public enum Kind {
      /** It was read, and cannot be served. */
      REFUSED,
      /** It could not be read, or it could not be determined whether there is a newer one. */
      UNREACHABLE;

      /** Returns the kind as answers and metrics show it. */
      public String word() {
        return name().toLowerCase(Locale.ROOT);
      }
    }
  }

  /** Returns how new versions are looked for. */
  VersionWatch.Watched watched() {
    return new VersionWatch.Watched(reference, this::poll, this::reload, this::overdue);
  }

  /** Returns the reference by which the configuration names the model: a path, or a URI. */
  String reference() {
    return reference;
  }

  /** Returns the alias that the slot follows; empty if its model never becomes another version. */
  public Optional<String> alias() {
    return alias;
  }

  /** Returns the model in service; never null. */
  public ServedModel current() {
    return current.get();
  }

  /** From now on, a challenger has the rows of this slot, too. */
  void shadow(Shadow of) {
    shadow = of;
  }

  /** Returns what scores the slot's rows with a challenger; null if none is configured. */
  public Shadow shadow() {
    return shadow;
  }

  /** Returns why the newest version is not in service, if it is not. */
  public Optional<Refusal> refusal() {
    return Optional.ofNullable(refusal.get());
  }

  /** Returns the newest version, if it was found and is not in service. */
  public Optional<RefusedVersion> refused() {
    return refusal()
        .filter(now -> now.kind() == Kind.REFUSED || isOther(now.location()))
        .map(
            now ->
                RefusedVersion.of(
                    now.version(current().name()), now.at(), now.reason(), now.location()));
  }

  /** Returns whether a refusal is of another version than the one in service. */
  private synchronized boolean isOther(String found) {
    return !found.equals(location) && !found.equals(reference);
  }

  /** Returns when the alias was moved to the version in service; see {@link SeenStore}. */
  public Optional<Instant> aliasMoved() {
    return store.movedTo(location());
  }

  /** Returns the versions and aliases that the model's store had lately; empty if it has none. */
  public Optional<SeenStore.Seen> store() {
    return store.seen();
  }

  private synchronized String location() {
    return location;
  }

  /** Returns the current state of the slot, in words for callers. */
  public String state() {
    Refusal now = refusal.get();
    if (now == null) {
      return "in service";
    }

    return now.kind() == Kind.REFUSED
        ? "in service, because the newest version was refused"
        : "in service; its store cannot be read, so there may be a newer version";
  }

  /** Returns when it was last known which version is the newest; the start counts. */
  public Instant seen() {
    return seen;
  }

  /**
   * Finds the version to which the reference leads, and puts it into service if it is a different
   * one and valid.
   *
   * <p>All or nothing: if anything is wrong, the old model stays in service, and no request has
   * seen the new one. Requests never wait. A look may take as long as its store does not answer;
   * its result is dropped if a look that began later has ended.
   *
   * @return whether a version was put into service
   */
  boolean poll() {
    return look(false);
  }

  /**
   * Opens the version to which the reference leads, whether it has changed or not; otherwise like
   * {@link #poll}.
   */
  boolean reload() {
    return look(true);
  }

  private boolean look(boolean isForced) {
    long look = looks.incrementAndGet();
    String found = reference;
    boolean isReplaced = false;
    try {
      found = ModelFiles.locate(reference).location();
      isReplaced =
          (isForced || !isKnown(look, found))
              && replace(look, found, open(found, Optional.of(current())));
    } catch (ModelException | IOException | RuntimeException | StackOverflowError e) {
      if (endsAsNewest(look)) {
        refused(found, e);
      }
    }

    store.look(location(), found, isForced);
    return isReplaced;
  }

  /** Records that a look has not ended in time; if it ends later, its result is used. */
  void overdue(Duration limit) {
    String reason = "its store has not answered for %s s".formatted(limit.toSeconds());
    refused(reference, new IOException(reason));
  }

  /** Returns whether a look's result is still to be used, because no later look has ended. */
  private synchronized boolean endsAsNewest(long look) {
    if (look < ended) {
      return false;
    }

    ended = look;
    return true;
  }

  /** Returns whether the version that a look found needs not be opened. */
  private synchronized boolean isKnown(long look, String found) {
    Optional<Refusal> before = refusal().filter(known -> known.location().equals(found));
    if (before.isPresent() && before.get().isFresh()) {
      seen = Instant.now();
      return true;
    }

    if (before.isPresent() || !found.equals(location)) {
      return false;
    }

    if (endsAsNewest(look)) {
      recovered();
    }

    return true;
  }

  private synchronized boolean replace(long look, String found, ServedModel next)
      throws ModelException {
    if (!endsAsNewest(look)) {
      return false;
    }

    ServedModel old = current();
    if (!next.name().equals(old.name())) {
      throw new CorruptModelException(
          "Cannot serve %s as %s: it is another model".formatted(next.name(), old.name()));
    }

    current.set(next);
    if (next.isOf(old.model())) {
      next.profile().ifPresent(profile -> profile.continueWith(next.model()));
    }

    location = found;
    recovered();
    replaced.inc();
    LOG.info("Serving {} in place of {}", next.model().modelVersion(), old.model().modelVersion());
    return true;
  }

  private void recovered() {
    seen = Instant.now();
    Refusal before = refusal.getAndSet(null);
    if (before != null) {
      store.forget();
      LOG.info(
          "{} is the newest version again; {} was {}: {}",
          current().model().modelVersion(),
          before.location(),
          before.kind().word(),
          before.reason());
    }
  }

  private synchronized void refused(String found, Throwable cause) {
    Kind kind = cause instanceof IOException ? Kind.UNREACHABLE : Kind.REFUSED;
    if (kind == Kind.REFUSED) {
      seen = Instant.now();
    }

    String reason = String.valueOf(cause.getMessage());
    Refusal before = refusal.get();
    boolean isNew =
        before == null || !before.location().equals(found) || !before.reason().equals(reason);
    Instant at = isNew ? Instant.now() : before.at();
    refusal.set(new Refusal(kind, found, reason, at, System.nanoTime()));
    refusals.get(kind).inc();
    if (isNew) {
      String staying = current().model().modelVersion();
      LOG.warn("{} stays in service: {} is {}: {}", staying, found, kind.word(), reason);
    }
  }

  /**
   * @param found where the model is: not its reference, whose alias may have moved meanwhile, so
   *     that the version in service would not be the one that counts as seen
   * @param before the model in service
   */
  private ServedModel open(String found, Optional<ServedModel> before)
      throws ModelException, IOException {
    ScoringModel model = Opening.open(found, EngineKind.FOREST);
    Instant now = Instant.now();
    Optional<ServedModel> same = before.filter(served -> served.isOf(model));
    Instant since = same.map(ServedModel::since).orElse(now);
    Optional<RequestProfile> profile =
        same.isPresent() ? same.get().profile() : RequestProfile.of(model, config.profile(), now);
    ServedModel served =
        new ServedModel(
            model, now, since, config.records().unknownFields(), profile, this::shadow, metrics);
    WarmUp.run(served, config.models().warmUpRows());
    model.card().earlyStopping().ifPresent(text -> LOG.info("{}: {}", model.modelVersion(), text));
    model.card().offsets().ifPresent(text -> LOG.info("{}: {}", model.modelVersion(), text));
    return served;
  }
}
