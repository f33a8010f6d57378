package io.paritree.spark.publish;

import io.paritree.output.DataFile;
import io.paritree.output.PartitionManifest;
import io.paritree.output.PartitionValue;
import io.paritree.output.StateDirectory;
import io.paritree.store.CallsAtOnce;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * An output directory, and its state: next to it in {@code <parent>/_paritree/<name>/}.
 *
 * <p>The output contains only data: with the state inside, {@code **}{@code /*.parquet} would make
 * readers count staged and quarantined rows.
 */
public final class OutputPlace {
  private final FileStore store;
  private final Location output;
  private final Location state;
  private final CallsAtOnce calls;

  /**
   * @param output the directory that readers see
   */
  public OutputPlace(FileStore store, Location output) {
    this(store, output, CallsAtOnce.DEFAULT);
  }

  private OutputPlace(FileStore store, Location output, CallsAtOnce calls) {
    this.store = store;
    this.output = output;
    this.state = StateDirectory.of(output);
    this.calls = calls;
  }

  /**
   * Returns the place that a user's text names. Links are resolved, so the state directory is on
   * the same disk as the output, and the link itself survives a swap.
   *
   * @param hadoop settings of Hadoop's client, as in {@link FileStore#of(Location, Map)}
   */
  public static OutputPlace of(String output, Map<String, String> hadoop) throws IOException {
    Location named = FileStore.located(output, hadoop);
    Location real = FileStore.of(named, hadoop).real(named);
    if (real.isRoot()) {
      throw new IOException(
          "Cannot use %s as an output: it is a root, and needs a directory next to it"
              .formatted(real));
    }

    return new OutputPlace(FileStore.of(real, hadoop), real);
  }

  /** Returns the same place, whose store gets so many calls at the same time. */
  public OutputPlace with(CallsAtOnce calls) {
    return new OutputPlace(store, output, calls);
  }

  /** Returns how many calls the store gets at the same time. */
  public CallsAtOnce calls() {
    return calls;
  }

  public FileStore store() {
    return store;
  }

  /** Returns the directory that readers see. */
  public Location output() {
    return output;
  }

  public Location state() {
    return state;
  }

  /** Returns the directory of the reports and quarantined rows of ended runs. */
  public Location runs() {
    return StateDirectory.runs(state);
  }

  /** Returns the directory in which each running run has its sign of life. */
  Location running() {
    return StateDirectory.running(state);
  }

  Location lock() {
    return StateDirectory.lock(state);
  }

  /** Returns a partition's directory; the output itself for the empty name. */
  public Location partition(String partition) {
    return partition.isEmpty() ? output : output.resolve(partition);
  }

  /** Returns the names of the directories of runs that have not ended, dead or alive. */
  public List<String> unfinished() throws IOException {
    return listOrNone(state).stream()
        .filter(StateDirectory::isUnfinishedRun)
        .map(entry -> entry.location().name())
        .toList();
  }

  /**
   * Returns the partitions whose rows readers do not see, since a run, dead or alive, is replacing
   * them, with the names of the runs' directories.
   */
  public SortedMap<String, String> beingReplaced() throws IOException {
    SortedMap<String, String> replaced = new TreeMap<>();
    for (String name : unfinished()) {
      try {
        RunDirectory run = new RunDirectory(this, name);
        for (PreparedPartition own :
            run.isSwapping() ? run.swapping() : List.<PreparedPartition>of()) {
          if (manifest(own.partition()).isEmpty()) {
            replaced.put(own.partition(), name);
          }
        }
      } catch (NoSuchFileException e) {
        // The run has ended meanwhile.
      }
    }

    return replaced;
  }

  /** Returns the entries of a directory; none if there is no such directory. */
  public List<FileEntry> listOrNone(Location directory) throws IOException {
    return store.listOrNone(directory);
  }

  /**
   * Returns whether a partition can be replaced by renames of directories; otherwise its files are
   * moved one by one, and readers see a part of them meanwhile.
   */
  public boolean renamesDirectoriesWhole() throws IOException {
    return store.renamesDirectoriesWhole(output);
  }

  /** Returns the manifest of a published partition; empty if there is none. */
  public Optional<PartitionManifest> manifest(String partition) throws IOException {
    return manifestIn(partition(partition));
  }

  Optional<PartitionManifest> manifestIn(Location directory) throws IOException {
    Location file = directory.resolve(PartitionManifest.FILE);
    try {
      return Optional.of(PartitionManifest.fromJson(store.read(file), file.toString()));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
  }

  /**
   * Compares directories with a manifest.
   *
   * @return the manifest's first file that is in none of the directories with its length, or the
   *     manifest itself if there is none; empty if nothing is missing
   */
  Optional<String> missing(Optional<PartitionManifest> manifest, Location... directories)
      throws IOException {
    if (manifest.isEmpty()) {
      return Optional.of(PartitionManifest.FILE);
    }

    Set<DataFile> missing = new LinkedHashSet<>(manifest.get().files());
    for (Location directory : directories) {
      Map<String, Long> lengths = new HashMap<>();
      for (FileEntry entry : listOrNone(directory)) {
        lengths.put(entry.location().name(), entry.isDirectory() ? -1 : entry.bytes());
      }

      missing.removeIf(file -> lengths.getOrDefault(file.name(), -1L) == file.bytes());
    }

    return missing.stream().map(DataFile::name).findFirst();
  }

  public OutputLook look() {
    return new OutputLook(this);
  }

  OutputLook look(List<PreparedPartition> partitions) throws IOException {
    OutputLook look = look();
    look.at(partitions.stream().map(PreparedPartition::partition).toList());
    return look;
  }

  /**
   * Returns what runs have published in the partition directories below a directory, at any level.
   */
  public List<PartitionManifest> publishedBelow(String directory) throws IOException {
    List<PartitionManifest> published = new ArrayList<>();
    for (String below : partitionsBelow(directory)) {
      published.addAll(publishedIn(below));
    }

    return published;
  }

  private List<PartitionManifest> publishedIn(String partition) throws IOException {
    Optional<PartitionManifest> own = manifest(partition);
    return own.isPresent() ? List.of(own.get()) : publishedBelow(partition);
  }

  /** Returns what runs have published; the directories of the first level are read at once. */
  public List<PartitionManifest> published() throws IOException {
    List<PartitionManifest> published = new ArrayList<>();
    calls.answers(partitionsBelow(""), this::publishedIn).forEach(published::addAll);
    manifest("").ifPresent(published::add);
    return published;
  }

  /** Returns the paths of the partition directories in a directory. */
  public List<String> partitionsBelow(String directory) throws IOException {
    return listOrNone(partition(directory)).stream()
        .filter(FileEntry::isDirectory)
        .map(entry -> entry.location().name())
        .filter(PartitionValue::isPartitionName)
        .map(name -> directory.isEmpty() ? name : directory + "/" + name)
        .toList();
  }

  /**
   * Returns the partitions of a run that no other run has published since it began.
   *
   * @throws ConflictException if one of the others was published with a different identity
   */
  List<PreparedPartition> stillOpen(List<PreparedPartition> partitions)
      throws ConflictException, IOException {
    OutputLook look = look(partitions);
    List<PreparedPartition> open = new ArrayList<>();
    List<PreparedPartition> changed = new ArrayList<>();
    for (PreparedPartition partition : partitions) {
      boolean isOpen = look.token(partition.partition()).equals(partition.before());
      (isOpen ? open : changed).add(partition);
    }

    List<String> conflicts = new ArrayList<>();
    for (PreparedPartition partition :
        look.only(changed, one -> !look.isPublished(one.partition(), one.identity()))) {
      String path = partition.partition();
      conflicts.add(
          "%s (%s)"
              .formatted(
                  path.isEmpty() ? "the output" : path, look.token(path).replace('\n', ' ')));
    }

    if (!conflicts.isEmpty()) {
      throw new ConflictException(
          "Cannot publish: since this run began, another one has published %s; run again to replace"
                  .formatted(String.join(", ", conflicts))
              + " what it published");
    }

    return open;
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
