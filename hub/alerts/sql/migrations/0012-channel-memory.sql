-- What the driver of a group must not forget when it is started anew or goes to another hub, such as a SIM PIN that was refused; sealed for this group.
ALTER TABLE alerts_channel_group ADD COLUMN memory bytea;
