package io.paritree.proof;

/**
 * A value on which two ways to score could part.
 *
 * @param json the JSON of the value; {@link TriedRecord#ABSENT} for none
 */
record EdgeValue(String json, Edge edge) {}
