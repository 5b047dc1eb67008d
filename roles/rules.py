"""Who may do what with roles."""

from audit.activity import permission
from infrastructure.rules import MANAGE_INFRASTRUCTURE, manages_infrastructure

permission("roles.manage", MANAGE_INFRASTRUCTURE, manages_infrastructure)
