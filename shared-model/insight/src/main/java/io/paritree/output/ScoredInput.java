package io.paritree.output;

import com.fasterxml.jackson.annotation.JsonInclude;

/**
 * What the rows of a published partition were made of.
 *
 * @param path the directory, file or table, as reports name it
 * @param version of the table; empty if it has none, or is a directory
 * @param files how many files of it
 * @param digest SHA-256 of their names, lengths and times, as the run has made it; another one if
 *     one of them is another file
 */
public record ScoredInput(
    String path,
    @JsonInclude(JsonInclude.Include.NON_EMPTY) String version,
    long files,
    String digest) {}
