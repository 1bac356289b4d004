/** The demo: the main job on one machine, as kubectl shows it. */
package io.mdevmigration.e2e.demo;
