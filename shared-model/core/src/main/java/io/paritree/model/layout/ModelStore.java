package io.paritree.model.layout;

import io.paritree.CorruptModelException;
import io.paritree.Fault;
import io.paritree.NameList;
import io.paritree.Sha256;
import io.paritree.store.FileEntry;
import io.paritree.store.FileStore;
import io.paritree.store.Location;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * A directory of packages, each in {@code <store>/<name>/<version>/}, with aliases that name a
 * version.
 *
 * <p>A version never changes and is never replaced. An alias is the file {@code
 * <store>/<name>/aliases/<alias>} with the version and a line feed; it is replaced in one step.
 * Each move of an alias has an entry in its journal, {@code
 * <store>/<name>/moves/<alias>/<number>.json}. Immutable and thread-safe; several processes may use
 * one store.
 */
public final class ModelStore {
  static final String ALIASES = "aliases";
  public static final String CHAMPION = "champion";

  /** A directory of a store has so many entries at most; those of object stores list slowly. */
  static final int MAX_ENTRIES = 100_000;

  private static final int MAX_ALIAS_BYTES = 64;
  private static final int MOST_TRIES = 10_000;

  private final Location root;
  private final FileStore files;

  public ModelStore(Location root) throws IOException {
    this(root, Map.of());
  }

  /**
   * @param hadoop settings of Hadoop's client, as in {@link FileStore#of(Location, Map)}
   */
  ModelStore(Location root, Map<String, String> hadoop) throws IOException {
    this.root = root;
    this.files = FileStore.of(root, hadoop);
  }

  /** Returns the names of the models, ascending. */
  public List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    for (FileEntry entry : files.listOrNone(root, MAX_ENTRIES)) {
      if (entry.isDirectory()
          && ModelName.isName(entry.location().name())
          && !versions(entry.location().name()).isEmpty()) {
        names.add(entry.location().name());
      }
    }

    return names;
  }

  /** Returns the versions of a model, ascending; empty if there is no such model. */
  public List<Long> versions(String name) throws IOException {
    return files.listOrNone(root.resolve(name), MAX_ENTRIES).stream()
        .filter(FileEntry::isDirectory)
        .map(entry -> entry.location().name())
        .filter(ModelName::isVersion)
        .map(Long::valueOf)
        .sorted()
        .toList();
  }

  /** Returns the aliases of a model, whatever their files hold. */
  public SortedSet<String> aliases(String name) throws IOException {
    return files.listOrNone(root.resolve(name).resolve(ALIASES), MAX_ENTRIES).stream()
        .filter(entry -> !entry.isDirectory())
        .map(entry -> entry.location().name())
        .filter(own -> ModelName.isAlias(own) && !FileStore.isTemporary(own))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * Returns the version that an alias names now.
   *
   * @throws CorruptModelException if there is no such alias, or its file holds no version
   */
  public long alias(String name, String alias) throws IOException, CorruptModelException {
    Location file = aliasFile(name, alias);
    String content;
    try {
      Location model = root.resolve(name);
      BoundedRead.refuseLink(files, model, file.parent());
      byte[] bytes = BoundedRead.ofOwn(files, model, file, MAX_ALIAS_BYTES);
      content = new String(bytes, StandardCharsets.UTF_8);
    } catch (NoSuchFileException e) {
      throw new CorruptModelException(
          "Cannot open model %s@%s in %s: there is no such alias; there are aliases %s and versions %s"
              .formatted(
                  name, alias, root, NameList.known(aliases(name)), NameList.known(versions(name))),
          e);
    }

    if (!content.endsWith("\n") || !ModelName.isVersion(content.strip())) {
      throw new CorruptModelException(
          "Cannot open model %s@%s: the alias file %s holds '%s', expected a version and a line feed"
              .formatted(name, alias, file, Fault.printable(content)));
    }

    return Long.parseLong(content.strip());
  }

  /**
   * Returns what an alias names now, and the end of its journal.
   *
   * @param most how many entries of the journal to read, at least 1
   */
  public AliasHistory history(String name, String alias, int most) throws IOException {
    return history(name, alias, most, most);
  }

  /**
   * Returns the last moves of an alias, as {@link #history}, and those before them back to one that
   * happened, of tries that were refused since as many as {@link #MOST_TRIES}.
   */
  public AliasHistory historyToLastMove(String name, String alias, int most) throws IOException {
    return history(name, alias, most, MOST_TRIES);
  }

  /**
   * Returns the last moves of an alias, as {@link #historyToLastMove}.
   *
   * @param furthest how many entries are read at most to find a move that happened
   */
  public AliasHistory history(String name, String alias, int most, int furthest)
      throws IOException {
    AliasJournal journal = new AliasJournal(files, root.resolve(name), alias);
    List<CorruptModelException> unreadable = new ArrayList<>();
    TreeSet<Long> numbers = journal.numbers();
    List<AliasMove> moves = journal.read(numbers, most, furthest, unreadable);
    // After the journal: who begins a move now, takes the number that a later move of ours needs.
    Optional<Long> version = named(name, alias);
    return new AliasHistory(
        name, alias, version, moves, numbers.isEmpty() ? 0 : numbers.last(), unreadable);
  }

  private Optional<Long> named(String name, String alias) throws IOException {
    try {
      return files.find(aliasFile(name, alias)).isPresent()
          ? Optional.of(alias(name, alias))
          : Optional.empty();
    } catch (CorruptModelException e) {
      return Optional.empty(); // a file without a version is replaced as none is
    }
  }

  /** Makes an alias name a version, as {@link #move}, whatever it names now. */
  public void setAlias(String name, String alias, long version)
      throws CorruptModelException, IOException {
    move(history(name, alias, 1), Optional.of(version), AliasMove.SET);
  }

  /**
   * Makes an alias name a version, or none, in one step, and enters that into its journal. What the
   * alias names already is no move.
   *
   * @param seen what it named before
   * @param to the version; empty to remove the alias
   * @param action what asks for it, such as {@link AliasMove#SET}
   * @throws AliasMovedException if it has moved since
   * @throws GuardedAliasException if it moves with evidence only, and not back, or if another one
   *     has its name but for the case
   * @throws IllegalArgumentException if the text is no alias, or there is no such version
   */
  public void move(AliasHistory seen, Optional<Long> to, String action)
      throws CorruptModelException, IOException {
    if (!action.equals(AliasMove.BACK)) {
      refuseGuarded(seen.name(), seen.alias());
    }

    move(seen, to, action, Optional.empty());
  }

  /**
   * Makes an alias name a version if what is required is met or overridden; the journal has the try
   * in any case.
   *
   * @param seen what it named before
   * @return whether the alias names the version now
   * @throws AliasMovedException if it has moved since
   */
  public boolean promote(AliasHistory seen, long version, Promotion promotion)
      throws CorruptModelException, IOException {
    if (promotion.isMet() || promotion.override().isPresent()) {
      move(seen, Optional.of(version), AliasMove.PROMOTE, Optional.of(promotion));
      return true;
    }

    enter(seen, Optional.of(version), AliasMove.PROMOTE, Optional.of(promotion), true);
    return false;
  }

  /** Returns the aliases of a model that move with evidence only. */
  public GuardedAliases guarded(String name) throws CorruptModelException, IOException {
    return GuardedAliases.of(files, root.resolve(name));
  }

  /**
   * Checks that an alias may move without evidence.
   *
   * @throws GuardedAliasException if it may not
   */
  public void refuseGuarded(String name, String alias) throws CorruptModelException, IOException {
    if (guarded(name).requirements().containsKey(alias)) {
      throw new GuardedAliasException(
          "Cannot move alias %s@%s: %s lets it move with evidence only; use model promote, or alias --back to undo its last move"
              .formatted(name, alias, root.resolve(name).resolve(GuardedAliases.FILE)));
    }
  }

  private void move(
      AliasHistory seen, Optional<Long> to, String action, Optional<Promotion> promotion)
      throws CorruptModelException, IOException {
    String name = seen.name();
    String alias = seen.alias();
    if (!ModelName.isAlias(alias)) {
      throw new IllegalArgumentException(
          "Cannot use the alias '%s': expected %s, and not only digits"
              .formatted(Fault.printable(alias), ModelName.RULE));
    }

    BoundedRead.refuseLink(files, root.resolve(name), aliasFile(name, alias).parent());
    refuseOtherCase(name, alias);

    if (to.isPresent() && !versions(name).contains(to.get())) {
      throw new IllegalArgumentException(
          "Cannot set alias %s@%s: there is no version %s, only %s"
              .formatted(name, alias, to.get(), versions(name)));
    }

    if (to.isPresent() && to.equals(seen.version()) && promotion.isEmpty()) {
      return;
    }

    enter(seen, to, action, promotion, false);
  }

  /** A file system without case has one file for two such aliases, and a guard of one of them. */
  private void refuseOtherCase(String name, String alias)
      throws CorruptModelException, IOException {
    Set<String> known = new TreeSet<>(guarded(name).requirements().keySet());
    SortedSet<String> aliases = aliases(name);
    if (!aliases.contains(alias)) {
      known.addAll(aliases);
    }

    for (String other : known) {
      if (other.equalsIgnoreCase(alias) && !other.equals(alias)) {
        throw new GuardedAliasException(
            "Cannot move alias %s@%s: there is %s@%s, which is the same file where names have no case; use that name"
                .formatted(name, alias, name, other));
      }
    }
  }

  private void enter(
      AliasHistory seen,
      Optional<Long> to,
      String action,
      Optional<Promotion> promotion,
      boolean isRefused)
      throws IOException {
    String name = seen.name();
    AliasMove asked =
        new AliasMove(
            0,
            Instant.EPOCH,
            System.getProperty("user.name", "?"),
            action,
            seen.version(),
            to,
            seen.version().flatMap(version -> digest(name, version)),
            to.flatMap(version -> digest(name, version)),
            promotion,
            isRefused,
            Optional.empty());
    new AliasJournal(files, root.resolve(name), seen.alias())
        .move(seen, asked, () -> moveFile(seen, to));
  }

  private boolean moveFile(AliasHistory seen, Optional<Long> to) throws IOException {
    if (!named(seen.name(), seen.alias()).equals(seen.version())) {
      return false;
    }

    Location file = aliasFile(seen.name(), seen.alias());
    if (to.isPresent()) {
      files.replace(file, (to.get() + "\n").getBytes(StandardCharsets.UTF_8));
    } else {
      files.delete(file);
    }

    return true;
  }

  /** Returns the SHA-256 of a version's package; empty if it cannot be read. */
  public Optional<String> digest(String name, long version) {
    Location digests = version(name, version).resolve(PackageFiles.DIGESTS);
    try {
      byte[] content =
          BoundedRead.of(files, root.resolve(name), digests, PackageFiles.MAX_DIGESTS_BYTES);
      return Optional.of(Sha256.hex(content));
    } catch (CorruptModelException | IOException e) {
      return Optional.empty(); // the package may be damaged or gone
    }
  }

  /** Returns the location of a version, whether it exists or not. */
  public Location version(String name, long version) {
    return root.resolve(name).resolve(String.valueOf(version));
  }

  /** Returns the next free version of a model. */
  public long nextVersion(String name) throws IOException {
    List<Long> versions = versions(name);
    return versions.isEmpty() ? 1 : versions.get(versions.size() - 1) + 1;
  }

  /**
   * Writes a package: first its files into a directory of another name, which is then renamed.
   *
   * @param target where the package will be; its parent is created if necessary
   * @param content the package's files by name; {@code paritree.sha256} is written last
   * @throws FileAlreadyExistsException if anything exists there already
   */
  public static void write(Location target, Map<String, byte[]> content) throws IOException {
    FileStore files = FileStore.of(target);
    if (files.find(target).isPresent()) {
      throw new FileAlreadyExistsException(target.toString());
    }

    Location parent = target.parent();
    files.createDirectories(parent);
    Location staging = parent.resolve(".sealing-" + UUID.randomUUID());
    try {
      Set<String> names =
          content.keySet().stream()
              .filter(name -> !name.equals(PackageFiles.DIGESTS))
              .collect(Collectors.toCollection(TreeSet::new));
      for (String name : names) {
        files.create(staging.resolve(name), content.get(name));
      }

      files.create(staging.resolve(PackageFiles.DIGESTS), content.get(PackageFiles.DIGESTS));
      files.rename(staging, target);
    } finally {
      files.delete(staging);
    }
  }

  private Location aliasFile(String name, String alias) {
    return root.resolve(name).resolve(ALIASES).resolve(alias);
  }
}
