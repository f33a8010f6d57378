package io.paritree.serving.insight.traffic;

import io.paritree.model.ProfiledRows;
import io.paritree.model.ScoringModel;
import io.paritree.profile.Profile;
import io.paritree.profile.ProfileCounts;
import io.paritree.profile.ProfileForm;
import io.paritree.profile.Sampling;
import io.paritree.serving.config.ServingConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.Optional;
import java.util.Set;
import java.util.WeakHashMap;
import java.util.stream.Stream;

/**
 * The profiles of the rows that callers have sent to one model: of the current slice of five
 * minutes, of the eleven before, and of the hours before.
 *
 * <p>Threads count their own rows ({@link #ofThread}); somebody calls {@link #collect} about once a
 * second. Thread-safe.
 */
public final class RequestProfile {
  private static final Duration SLICE = Duration.ofMinutes(5);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Duration DAY = Duration.ofDays(1);
  private static final int MAX_WAITING_VALUES = 1 << 20;

  /** More than there can be; the rates of threads alone decide which rows are sampled. */
  private static final long MOST_SAMPLED = Long.MAX_VALUE - 1;

  private final RowForm rows;
  private final Sampling sampling;

  /** Of threads that live: it must not keep the others'. */
  private final Set<SeenRows> seen =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  private final Deque<Slice> slices = new ArrayDeque<>(); // oldest first; guarded by this
  private final Deque<Slice> hours = new ArrayDeque<>(); // oldest first; guarded by this
  private ScoringModel model; // guarded by this
  private ProfileForm form; // made for the first thread, as the sample; guarded by this
  private ProfiledRows sample; // of the current slice; guarded by this
  private final WaitingRows waiting; // of the current slice; guarded by this
  private ProfileCounts current; // null without rows; guarded by this
  private Instant begin; // of the current slice; guarded by this

  /** What is in a window. */
  public enum Window {
    HOUR,
    DAY
  }

  /**
   * The rows of some time.
   *
   * @param begin its begin; it ends now, or when the next one begins
   */
  public record Slice(Instant begin, Profile profile) {}

  /**
   * @param explained how many rows of a slice are explained at most; 0 for none
   */
  public RequestProfile(ScoringModel model, int explained, Instant now) {
    this.rows = new RowForm(model.schema(), model.engine());
    this.sampling = new Sampling(MOST_SAMPLED, explained);
    this.waiting = new WaitingRows(rows.width(), explained, MAX_WAITING_VALUES);
    this.model = model;
    start(now);
  }

  /** Returns what counts the rows of a model's requests; empty if a configuration says so. */
  public static Optional<RequestProfile> of(
      ScoringModel model, ServingConfig.Profile config, Instant now) {
    boolean isOn =
        switch (config.mode()) {
          case AUTO -> model.card().reference().filter(rows -> rows.sampled() > 0).isPresent();
          case ON -> true;
          case OFF -> false;
        };
    return isOn
        ? Optional.of(new RequestProfile(model, config.impactRows(), now))
        : Optional.empty();
  }

  private void start(Instant now) {
    current = null;
    long seconds = SLICE.toSeconds();
    begin = Instant.ofEpochSecond(Math.floorDiv(now.getEpochSecond(), seconds) * seconds);
  }

  private void open() {
    form = sampling.explained() > 0 ? model.profileForm() : model.unexplainedProfileForm();
    sample = ProfiledRows.of(model, form);
  }

  /** Returns what counts the rows of the calling thread, which must keep it. */
  public SeenRows ofThread() {
    SeenRows own = new SeenRows(rows, form());
    seen.add(own);
    return own;
  }

  private synchronized ProfileForm form() {
    if (form == null) {
      open();
    }

    return form;
  }

  /**
   * Goes on with the same version of the model, opened again, so that the one before can be
   * forgotten.
   */
  public synchronized void continueWith(ScoringModel same) {
    if (current != null) {
      waiting.explain(current, sample);
    }

    model = same;
    sample = form == null ? null : ProfiledRows.of(same, form);
  }

  /** Returns what counts the refused rows of a request, for {@link SeenRows#addRefused}. */
  public UnscoredRows ofRequest() {
    return new UnscoredRows(rows);
  }

  /** Adds the rows that threads have seen. */
  public synchronized void collect(Instant now) {
    Stream<SeenRows> all;
    synchronized (seen) {
      all = seen.stream().toList().stream();
    }

    all.forEach(
        own -> {
          SeenRows.Taken taken = own.take();
          if (taken != null) {
            add(taken);
          }
        });
    if (!now.isBefore(begin.plus(SLICE))) {
      now().ifPresent(slices::addLast);
      start(now);
      expire();
    }
  }

  private void add(SeenRows.Taken taken) {
    if (current == null) {
      current = new ProfileCounts(form, sampling, 0);
    }

    ProfileCounts counts = current;
    counts.addValues(taken.read(), taken.missing(), taken.unseen());
    taken
        .faults()
        .forEach(
            (field, codes) -> codes.forEach((code, count) -> counts.addFaults(field, code, count)));
    counts.addScores(taken.scores());
    counts.keepLevel(taken.level());
    long[] hashes = taken.hashes();
    sample.begin(current, taken.slots(), 1);
    for (int row = 0; row < hashes.length; row++) {
      sample.sample(hashes[row], row * rows.width());
    }

    sample.endBlock();
    for (int row = 0; row < hashes.length; row++) {
      waiting.add(hashes[row], taken.slots(), row * rows.width(), current, sample);
    }
  }

  private Optional<Slice> now() {
    if (current == null) {
      return Optional.empty();
    }

    waiting.explain(current, sample);
    current.pack();
    return Optional.of(new Slice(begin, current.profile(form)));
  }

  /** Makes hours of the slices that are older than one, and drops what is older than a day. */
  private void expire() {
    Instant hourAgo = begin.plus(SLICE).minus(HOUR);
    while (!slices.isEmpty() && slices.getFirst().begin().isBefore(hourAgo)) {
      addToHours(slices.removeFirst());
    }

    while (!hours.isEmpty() && hours.getFirst().begin().isBefore(begin.minus(DAY))) {
      hours.removeFirst();
    }
  }

  private void addToHours(Slice slice) {
    Instant hour = Instant.ofEpochSecond(slice.begin().getEpochSecond() / 3600 * 3600);
    if (!hours.isEmpty() && hours.getLast().begin().equals(hour)) {
      Slice sum = hours.removeLast();
      hours.addLast(new Slice(hour, sum.profile().plus(slice.profile())));
    } else {
      hours.addLast(new Slice(hour, slice.profile()));
    }
  }

  /** Returns the rows of a window that ends now; empty without any. */
  public synchronized Optional<Slice> window(Window window) {
    Stream<Slice> recent = Stream.concat(slices.stream(), now().stream());
    return (window == Window.DAY ? Stream.concat(hours.stream(), recent) : recent)
        .reduce((sum, next) -> new Slice(sum.begin(), sum.profile().plus(next.profile())));
  }
}
