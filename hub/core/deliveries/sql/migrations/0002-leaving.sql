-- A hub that drains before it ends is alive, and takes no targets: the others share them out without it.
ALTER TABLE delivery_hub ADD COLUMN leaving boolean NOT NULL DEFAULT false;
