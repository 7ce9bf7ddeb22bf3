"""What is to come: planned Spaces, invitations, reminders and the notices of them."""
